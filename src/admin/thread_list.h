#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "echo/connection.h"
#include "http/response.h"
#include "text/parsed.h"

namespace threadecho::admin {

/// How many threads `GET /threads` shows at most, and without `?limit=`: each costs three small files of /proc.
inline constexpr std::size_t kMostThreadsShown = 200;
/// How many of a thread's clients it names.
inline constexpr std::size_t kClientsNamed = 8;

/// The `?limit=` of a target, or what is wrong with it.
text::Parsed<std::size_t> parse_threads_query(std::string_view target);

/// The busiest echo threads, with what the kernel says of each, and the sums of the others. First come those that
/// echoed something within the last seconds, then those with the most messages (to a power of two). `pool_thread_ids`
/// are shown without clients too.
http::Response threads_response(std::vector<echo::ConnectionSnapshot> connections,
                                const std::vector<std::uint32_t>& pool_thread_ids, std::size_t limit);

}  // namespace threadecho::admin
