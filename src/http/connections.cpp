#include "http/connections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include "text/durations.h"
#include "text/escape.h"

namespace threadecho::http {
namespace {

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

/// As `json_response` would write it, without its containers.
std::string to_json(const ConnectionView& connection) {
  const std::string round_trip =
      connection.round_trip ? fmt::format("{}", text::in_seconds(*connection.round_trip)) : std::string("null");
  return fmt::format(R"(    {{
      "id": {},
      "peer": {},
      "thread": {},
      "state": {},
      "age_seconds": {},
      "idle_seconds": {},
      "received_bytes": {},
      "echoed_bytes": {},
      "rtt_seconds": {}
    }})",
                     connection.id, text::json_string(connection.peer), connection.thread,
                     text::json_string(connection.state), text::in_seconds(connection.age),
                     text::in_seconds(connection.idle), connection.received_bytes, connection.echoed_bytes, round_trip);
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
  std::string body = fmt::format("{{\n  \"total\": {},\n  \"connections\": [", connections.total);
  std::string_view separator = "\n";
  for (const ConnectionView& connection : connections.shown) {
    body.append(separator).append(to_json(connection));
    separator = ",\n";
  }
  body.append(connections.shown.empty() ? "]\n}\n" : "\n  ]\n}\n");
  return {200, kJsonType, std::move(body)};
}

}  // namespace threadecho::http
