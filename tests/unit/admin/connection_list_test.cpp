#include "admin/connection_list.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

namespace threadecho::admin {
namespace {

using nlohmann::json;

TEST(ConnectionsQuery, HasALimitAndAnOrder) {
  const auto usual = parse_connections_query("/connections");
  EXPECT_EQ(usual.value().limit, 100U);
  EXPECT_EQ(usual.value().order, ConnectionOrder::kNewest);
  const auto bytes = parse_connections_query("/connections?limit=1000&sort=bytes");
  EXPECT_EQ(bytes.value().limit, 1000U);
  EXPECT_EQ(bytes.value().order, ConnectionOrder::kBytes);
  const auto idle = parse_connections_query("http://host/connections?sort=idle&limit=1#top");
  EXPECT_EQ(idle.value().limit, 1U);
  EXPECT_EQ(idle.value().order, ConnectionOrder::kIdle);
  EXPECT_EQ(parse_connections_query("/connections?sort=age").value().order, ConnectionOrder::kAge);
}

TEST(ConnectionList, ShowsEachConnectionAsJson) {
  std::vector<echo::ConnectionSnapshot> connections{{.id = 12,
                                                     .peer = net::Endpoint::parse("192.0.2.1", 4711).value(),
                                                     .via = {},
                                                     .thread_id = 34,
                                                     .state = echo::ConnectionState::kReceiving,
                                                     .age = std::chrono::milliseconds(2500),
                                                     .idle = std::chrono::milliseconds(500),
                                                     .received_bytes = 10,
                                                     .echoed_bytes = 9,
                                                     .round_trip = std::chrono::microseconds(42)}};
  json expected = json::parse(R"({"id": 12, "peer": "192.0.2.1:4711", "via": null, "thread": 34, "state": "receiving",
      "age_seconds": 2.5, "idle_seconds": 0.5, "received_bytes": 10, "echoed_bytes": 9, "rtt_seconds": 0.000042,
      "faults": []})");
  EXPECT_EQ(json::parse(connections_response(connections, {}).body),
            json({{"total", 1}, {"connections", json::array({expected})}}));

  connections.front().round_trip = {};
  expected["rtt_seconds"] = nullptr;
  connections.front().via = net::Endpoint::parse("192.0.2.9", 80).value();
  expected["via"] = "192.0.2.9:80";
  EXPECT_EQ(json::parse(connections_response(connections, {}).body)["connections"][0], expected);
  EXPECT_EQ(json::parse(connections_response({}, {}).body), json({{"total", 0}, {"connections", json::array()}}));
}

}  // namespace
}  // namespace threadecho::admin
