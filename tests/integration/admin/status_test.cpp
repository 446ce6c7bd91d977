#include "admin/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "build_info.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::vector<config::Value> shown_settings = {{"THREAD_MODEL", "pool", config::Source::kFlag},
                                                   {"POOL_THREADS", "3", config::Source::kDefault}};

class StatusOfServer : public OverAllModels {
 protected:
  static json status(EchoServer& server) { return json::parse(admin::Status(server.server(), {}, {}).json().body); }
};
INSTANTIATE_TEST_SUITE_P(, StatusOfServer, all_models(), name_of_model);

TEST_P(StatusOfServer, HasTheNumbersOfTheCounters) {
  EchoServer server(test_settings());
  const TestClient client = server.connect();
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(client.echo("hello"), "hello");
  }
  server.connect().reset();
  ASSERT_TRUE(server.closes(echo::CloseReason::kClientReset));
  ASSERT_TRUE(eventually([&] { return server.totals().echo_duration.count() == 5; }));
  const json now = status(server);
  EXPECT_EQ(now["active_threads"], 1);
  EXPECT_EQ(now["connections"],
            json({{"active", 1}, {"waiting", 0}, {"limit", server.server().connections_limit()}, {"accepted", 2}}));
  EXPECT_EQ(now["messages"], 5);
  EXPECT_EQ(now["received_bytes"], 25);
  EXPECT_EQ(now["echoed_bytes"], 25);
  EXPECT_EQ(now["closed"]["client_reset"], 1);
  EXPECT_EQ(now["closed"].size(), echo::kCloseReasonNames.size());
  EXPECT_EQ(now["rejected"].size(), echo::kRejectReasonNames.size());
  EXPECT_EQ(now["accept_errors"].size(), echo::kAcceptErrorNames.size());
  const json& echoes = now["echo_duration_seconds"];
  EXPECT_EQ(echoes["counts"].size(), echoes["bounds"].size() + 1);
  const std::vector<std::uint64_t> counts = echoes["counts"];
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 5U);
  EXPECT_GT(echoes["sum"], 0);
  EXPECT_GT(now["cpu_seconds"], 0);
  EXPECT_GT(now["context_switches"]["voluntary"], 0);
  EXPECT_GT(now["resident_memory_bytes"], 1'000'000);
  EXPECT_EQ(now["faults"], json::array());
}

TEST_P(StatusOfServer, ListsActiveFaults) {
  auto settings = test_settings();
  settings.faults = true;
  EchoServer server(settings);
  EXPECT_EQ(status(server)["faults"], json::array());
  ASSERT_TRUE(server.server().begin_fault({.kind = echo::FaultKind::kStall, .after_bytes = 7, .duration = 1h}));
  const json faults = status(server)["faults"];
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0]["fault"], "stall");
  EXPECT_EQ(faults[0]["after_bytes"], 7);
}

TEST_P(StatusOfServer, TellsHowLongADrainStillLasts) {
  EchoServer server(test_settings());
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("x"), "x");
  EXPECT_EQ(status(server)["readiness"], "ready");
  EXPECT_TRUE(status(server)["drain"].is_null());
  server.server().begin_drain(echo::Clock::now() + 60s);
  EXPECT_EQ(status(server)["readiness"], "draining");
  EXPECT_EQ(status(server)["connections"]["active"], 1);
  EXPECT_TRUE(status(server)["drain"]["accepting"]);
  const double left = status(server)["drain"]["seconds_left"];
  EXPECT_GT(left, 30);
  EXPECT_LE(left, 60);
  server.server().stop_accepting();
  server.server().end_connections();  // earlier than planned
  EXPECT_LE(status(server)["drain"]["seconds_left"], 1);
}

TEST_P(StatusOfServer, TellsThePhasesOfADrainApart) {
  EchoServer server(test_settings());
  const admin::Status status(
      server.server(), {{"DRAIN_DELAY", "20m", config::Source::kFlag}, {"DRAIN_TIMEOUT", "1h", config::Source::kFlag}},
      {});
  const auto drain = [&] { return json::parse(status.json().body)["drain"]; };
  server.server().begin_drain(echo::Clock::now() + 80min);
  EXPECT_EQ(drain()["total_seconds"], 80 * 60);
  EXPECT_EQ(drain()["accepting"], true);
  EXPECT_GT(drain()["accepting_seconds_left"], 15 * 60);
  EXPECT_LE(drain()["accepting_seconds_left"], 20 * 60);
  server.server().stop_accepting();
  ASSERT_TRUE(eventually([&] { return !server.server().is_accepting(); }));
  EXPECT_EQ(drain()["accepting"], false);
  EXPECT_EQ(drain()["accepting_seconds_left"], 0);
  EXPECT_EQ(drain()["total_seconds"], 80 * 60);
}

TEST_P(StatusOfServer, CountsItsUptimeByAClockThatDoesNotGoBack) {
  EchoServer server(test_settings());
  const auto before = echo::Clock::now();
  const admin::Status status(server.server(), {}, {});
  const auto uptime = [&] { return json::parse(status.json().body)["uptime_seconds"].get<double>(); };
  const double first = uptime();
  const double second = uptime();
  EXPECT_GT(first, 0);
  EXPECT_GT(second, first);
  EXPECT_LE(second, std::chrono::duration<double>(echo::Clock::now() - before).count());
}

TEST(Status, TellsAFullServer) {
  auto settings = test_settings();
  settings.max_connections = 1;
  EchoServer server(settings);
  const TestClient only = server.connect();
  ASSERT_EQ(only.echo("x"), "x");
  EXPECT_EQ(json::parse(admin::Status(server.server(), {}, {}).json().body)["readiness"], "full");
}

TEST(Status, TellsWhichServerThisIs) {
  EchoServer server;
  const auto read = [&](const host::Pod& pod) {
    return json::parse(admin::Status(server.server(), shown_settings, pod).json().body);
  };
  const json now = read({});
  EXPECT_EQ(now["version"], build_info().version);
  EXPECT_EQ(now["thread_model"], "pool");
  EXPECT_EQ(now["pool_threads"], 3);
  EXPECT_EQ(now["echo_port"], server.endpoint().port());
  EXPECT_LE(now["started_at_seconds"], now["time_seconds"]);
  EXPECT_FALSE(now.contains("pod"));
  EXPECT_EQ(read({.name = "a\"b", .name_space = "n", .node = "<b>"})["pod"],
            json({{"name", "a\"b"}, {"namespace", "n"}, {"node", "<b>"}}));
}

TEST(Status, GivesAPlainTableToBrowsersWithoutJavaScript) {
  EchoServer server;
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("hello"), "hello");
  const std::string rows = admin::Status(server.server(), shown_settings, {}).table_rows();
  EXPECT_THAT(rows, testing::HasSubstr("<tr><th scope=\"row\">Thread model</th><td>pool</td></tr>"));
  EXPECT_THAT(rows, testing::HasSubstr("<tr><th scope=\"row\">Bytes received</th><td>5</td></tr>"));
  EXPECT_THAT(rows, testing::Not(testing::HasSubstr("Waiting"))) << "a pool has no queue";
}

TEST(Status, WritesThePlainTableAsPeopleReadIt) {
  auto settings = test_settings();
  settings.faults = true;
  settings.max_connections = 1234;
  EchoServer server(settings);
  ASSERT_TRUE(server.server().begin_fault({.kind = echo::FaultKind::kUnready, .duration = 1h}));
  const std::string rows = admin::Status(server.server(), shown_settings, {}).table_rows();
  EXPECT_THAT(rows, testing::HasSubstr("<td>0 of 1,234</td>"));
  EXPECT_THAT(rows, testing::HasSubstr("<td>not ready: the fault unready is active</td>"));
}

}  // namespace
}  // namespace threadecho::test
