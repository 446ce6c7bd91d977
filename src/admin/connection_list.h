#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "echo/connection.h"
#include "echo/fault.h"
#include "http/response.h"
#include "text/parsed.h"

namespace threadecho::admin {

/// How many connections `GET /connections` shows without `?limit=`, and the largest limit that it accepts.
inline constexpr std::size_t kUsualConnectionsShown = 100;
inline constexpr std::size_t kMostConnectionsShown = 1000;

/// What comes first: the newest, the most bytes received, the oldest, the longest without a message.
enum class ConnectionOrder { kNewest, kBytes, kAge, kIdle };

struct ConnectionsQuery {
  std::size_t limit = kUsualConnectionsShown;
  ConnectionOrder order = ConnectionOrder::kNewest;
};

/// What the target of a request asks for: `?limit=`, `?sort=`, or what is wrong with it.
text::Parsed<ConnectionsQuery> parse_connections_query(std::string_view target);

/// The first connections in the order of the query, each with the numbers of the `faults` that hit it, and how many
/// there are.
http::Response connections_response(std::vector<echo::ConnectionSnapshot> connections, const ConnectionsQuery& query,
                                    const std::vector<echo::FaultPtr>& faults = {});

}  // namespace threadecho::admin
