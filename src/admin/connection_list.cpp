#include "admin/connection_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "admin/query.h"
#include "text/durations.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::ConnectionSnapshot;
using Query = text::Parsed<ConnectionsQuery>;

constexpr std::array<std::pair<std::string_view, ConnectionOrder>, 4> kOrders = {{{"newest", ConnectionOrder::kNewest},
                                                                                  {"bytes", ConnectionOrder::kBytes},
                                                                                  {"age", ConnectionOrder::kAge},
                                                                                  {"idle", ConnectionOrder::kIdle}}};
bool stands_before(const ConnectionSnapshot& one, const ConnectionSnapshot& other, ConnectionOrder order) {
  // Among equal ones the newest comes first.
  switch (order) {
    case ConnectionOrder::kBytes:
      return std::pair(one.received_bytes, one.id) > std::pair(other.received_bytes, other.id);
    case ConnectionOrder::kAge:
      return one.id < other.id;
    case ConnectionOrder::kIdle:
      return std::pair(one.idle, one.id) > std::pair(other.idle, other.id);
    case ConnectionOrder::kNewest:
      break;
  }
  return one.id > other.id;
}

/// "1, 3"
std::string numbers_of_faults(const ConnectionSnapshot& connection, const std::vector<echo::FaultPtr>& faults) {
  std::string numbers;
  for (const echo::FaultPtr& fault : faults) {
    if (fault->is_about_echo() && fault->is_for(connection.id, connection.peer)) {
      numbers.append(numbers.empty() ? "" : ", ").append(std::to_string(fault->id()));
    }
  }
  return numbers;
}

/// As `json_response` would write it, without its containers.
std::string to_json(const ConnectionSnapshot& connection, const std::vector<echo::FaultPtr>& faults) {
  const std::string round_trip = connection.round_trip.count() > 0
                                     ? fmt::format("{}", text::in_seconds(connection.round_trip))
                                     : std::string("null");
  const std::string via = connection.via.is_known() ? text::json_string(connection.via.text().view()) : "null";
  return fmt::format(R"(    {{
      "id": {},
      "peer": {},
      "via": {},
      "thread": {},
      "state": {},
      "age_seconds": {},
      "idle_seconds": {},
      "received_bytes": {},
      "echoed_bytes": {},
      "rtt_seconds": {},
      "faults": [{}]
    }})",
                     connection.id, text::json_string(connection.peer.text().view()), via, connection.thread_id,
                     text::json_string(name_of(connection.state)), text::in_seconds(connection.age),
                     text::in_seconds(connection.idle), connection.received_bytes, connection.echoed_bytes, round_trip,
                     numbers_of_faults(connection, faults));
}

}  // namespace

Query parse_connections_query(std::string_view target) {
  ConnectionsQuery query;
  for (const Parameter& parameter : parameters_of(target)) {
    if (parameter.name == "limit") {
      if (!parse_limit(parameter, kMostConnectionsShown, query.limit)) {
        return Query::bad(wrong_limit(parameter, kMostConnectionsShown));
      }
    } else if (parameter.name == "sort") {
      const auto* const order =
          std::ranges::find(kOrders, parameter.value, [](const auto& entry) { return entry.first; });
      if (order == kOrders.end()) {
        return Query::bad(wrong_parameter(parameter, "newest, bytes, age, idle"));
      }
      query.order = order->second;
    } else {
      return Query::bad(wrong_parameter(parameter, "limit, sort"));
    }
  }
  return Query::good(query);
}

http::Response connections_response(std::vector<ConnectionSnapshot> connections, const ConnectionsQuery& query,
                                    const std::vector<echo::FaultPtr>& faults) {
  const auto end = connections.begin() + static_cast<std::ptrdiff_t>(std::min(query.limit, connections.size()));
  std::partial_sort(connections.begin(), end, connections.end(),
                    [&](const auto& one, const auto& other) { return stands_before(one, other, query.order); });
  std::string body = fmt::format("{{\n  \"total\": {},\n  \"connections\": [", connections.size());
  std::string_view separator = "\n";
  for (auto connection = connections.begin(); connection != end; ++connection) {
    body.append(separator).append(to_json(*connection, faults));
    separator = ",\n";
  }
  body.append(connections.empty() ? "]\n}\n" : "\n  ]\n}\n");
  return {200, http::kJsonType, std::move(body)};
}

}  // namespace threadecho::admin
