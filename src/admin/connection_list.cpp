#include "admin/connection_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

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
constexpr std::size_t kMaxShownBytes = 64;

Query wrong(std::string_view name, std::string_view value, std::string_view allowed) {
  std::string reason(name.substr(0, kMaxShownBytes));
  reason.append("='").append(value.substr(0, kMaxShownBytes)).append("'; allowed: ").append(allowed);
  return Query::bad(std::move(reason));
}

bool stands_before(const ConnectionSnapshot& one, const ConnectionSnapshot& other, ConnectionOrder order) {
  // The newest first where nothing else tells two apart.
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
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view name = parameter.substr(0, equals);
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query.limit);
      if (error != std::errc{} || end != value.data() + value.size() || query.limit < 1 ||
          query.limit > kMostConnectionsShown) {
        return wrong(name, value, "1 to " + std::to_string(kMostConnectionsShown));
      }
    } else if (name == "sort") {
      const auto* const order = std::ranges::find(kOrders, value, [](const auto& entry) { return entry.first; });
      if (order == kOrders.end()) {
        return wrong(name, value, "newest, bytes, age, idle");
      }
      query.order = order->second;
    } else {
      return wrong(name, value, "limit, sort");
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
