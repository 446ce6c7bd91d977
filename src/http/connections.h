#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "text/parsed.h"

namespace threadecho::http {

/// `GET /connections` shows so many unless `?limit=` says otherwise, and never more than the second.
inline constexpr std::size_t kUsualConnectionsShown = 100;
inline constexpr std::size_t kMostConnectionsShown = 1000;

/// What stands first: the newest, the most bytes received, the oldest, the longest without a message.
enum class ConnectionOrder { kNewest, kBytes, kAge, kIdle };

struct ConnectionsQuery {
  std::size_t limit = kUsualConnectionsShown;
  ConnectionOrder order = ConnectionOrder::kNewest;
};

/// One live connection as GET /connections shows it.
struct ConnectionView {
  std::uint64_t id = 0;
  std::string peer;  ///< address and port
  std::uint64_t thread = 0;
  std::string_view state;
  std::chrono::nanoseconds age{0};
  std::chrono::nanoseconds idle{0};
  std::uint64_t received_bytes = 0;
  std::uint64_t echoed_bytes = 0;
  std::optional<std::chrono::microseconds> round_trip;  ///< nothing while it is not known
};

struct ConnectionList {
  std::size_t total = 0;              ///< how many there are
  std::vector<ConnectionView> shown;  ///< in the order asked for
};
using ListConnections = std::function<ConnectionList(const ConnectionsQuery&)>;

/// What the target of a request asks for: `?limit=`, `?sort=`, or why that cannot be had.
text::Parsed<ConnectionsQuery> parse_connections_query(std::string_view target);

/// The list as JSON, or 400 for a query that cannot be had.
Response connections_response(std::string_view target, const ListConnections& list);

}  // namespace threadecho::http
