#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/help.h"
#include "client/connector.h"
#include "client/failure.h"
#include "probe/probe_arguments.h"
#include "probe/probe_result.h"

namespace threadecho::probe {

// What a probe prints. Lines come without their end.

std::string begin_line(const ProbeOptions& options, const std::vector<net::Endpoint>& addresses);
std::string failed_attempt_line(const client::Attempt& attempt);
std::string connected_line(const client::Attempt& attempt);
std::string echo_line(std::size_t size, const std::string& peer, std::uint64_t sequence,
                      std::chrono::nanoseconds round_trip);
/// Of one message, or of several in a row.
std::string lost_line(std::uint64_t first, std::uint64_t last, const std::string& reason);
std::string half_close_line(std::size_t size, const HalfCloseResult& check);

/// Several lines: what was sent and lost, and the round trips in a table of at most `width` columns.
std::string summary_text(const ProbeOptions& options, const ProbeResult& result, std::size_t width = cli::kUsualWidth);

/// Everything, as one JSON object on one line; probe_manual() lists its members.
std::string json_text(const ProbeOptions& options, const ProbeResult& result);

}  // namespace threadecho::probe
