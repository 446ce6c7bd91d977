#include "http/connections.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

namespace threadecho::http {
namespace {

using Query = config::Parsed<ConnectionsQuery>;

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

double to_seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

nlohmann::ordered_json to_json(const ConnectionView& connection) {
  nlohmann::ordered_json round_trip;
  if (connection.round_trip) {
    round_trip = to_seconds(*connection.round_trip);
  }
  return {{"id", connection.id},
          {"peer", connection.peer},
          {"thread", connection.thread},
          {"state", connection.state},
          {"age_seconds", to_seconds(connection.age)},
          {"idle_seconds", to_seconds(connection.idle)},
          {"received_bytes", connection.received_bytes},
          {"echoed_bytes", connection.echoed_bytes},
          {"rtt_seconds", round_trip}};
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

Response connections_response(std::string_view target, const ListConnections& list) {
  const Query query = parse_connections_query(target);
  if (!query.ok()) {
    return error_response(400, query.reason());
  }
  const ConnectionList connections = list(query.value());
  nlohmann::ordered_json shown = nlohmann::ordered_json::array();
  for (const ConnectionView& connection : connections.shown) {
    shown.push_back(to_json(connection));
  }
  return json_response({{"total", connections.total}, {"connections", std::move(shown)}});
}

}  // namespace threadecho::http
