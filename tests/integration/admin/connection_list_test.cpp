#include "admin/connection_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using admin::ConnectionOrder;
using nlohmann::json;

/// What GET /connections shows for this query.
json list_now(EchoServer& server, const admin::ConnectionsQuery& query = {}) {
  return json::parse(admin::connections_response(server.server().connections(), query).body);
}

class ListOfConnections : public OverAllModels {
 protected:
  /// Waits until `count` connections are served, and lists them.
  static json list(EchoServer& server, std::size_t count, const admin::ConnectionsQuery& query) {
    EXPECT_TRUE(server.has_active(count));
    return list_now(server, query);
  }
  /// Waits until the only connection is in this state.
  static bool becomes(EchoServer& server, std::string_view state) {
    return eventually([&] {
      const json all = list_now(server);
      return all["total"] == 1 && all["connections"][0]["state"] == state;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(, ListOfConnections, all_models(), name_of_model);

TEST_P(ListOfConnections, ShowsWhoIsThereAndWhichThreadServesThem) {
  EchoServer server(test_settings());
  const TestClient silent = server.connect();
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("hello"), "hello");
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes == 5; }));
  const json all = list(server, 2, {});
  EXPECT_EQ(all["total"], 2);
  ASSERT_EQ(all["connections"].size(), 2U);
  const json& newest = all["connections"][0];
  EXPECT_EQ(newest["id"], 2);
  EXPECT_EQ(newest["peer"], client.local().to_string());
  EXPECT_EQ(newest["state"], "receiving");
  EXPECT_EQ(newest["received_bytes"], 5);
  EXPECT_EQ(newest["echoed_bytes"], 5);
  EXPECT_GT(newest["age_seconds"], 0);
  EXPECT_LE(newest["idle_seconds"], newest["age_seconds"]);
  EXPECT_TRUE(eventually([&] { return list_now(server)["connections"][0]["rtt_seconds"].is_number(); }));
  EXPECT_EQ(all["connections"][1]["id"], 1);
  EXPECT_TRUE(all["connections"][1]["rtt_seconds"].is_null()) << "not measured yet";
  const auto threads = threads_of(thread_names());
  for (const json& connection : all["connections"]) {
    EXPECT_NE(std::find(threads.begin(), threads.end(), connection["thread"].get<pid_t>()), threads.end());
  }
}

TEST_P(ListOfConnections, IsCutAndSorted) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  for (const std::size_t bytes : {30U, 10U, 20U}) {
    clients.push_back(server.connect());
    ASSERT_EQ(clients.back().echo(std::string(bytes, 'x')).size(), bytes);
    // The client can have its echo before the server has noted when that was. So few bytes come in one piece.
    ASSERT_TRUE(eventually([&] { return server.totals().echo_duration.count() == clients.size(); }));
  }
  const auto ids = [&](ConnectionOrder order) {
    std::vector<std::uint64_t> result;
    const json cut = list(server, 3, {.limit = 2, .order = order});
    EXPECT_EQ(cut["total"], 3);
    for (const json& connection : cut["connections"]) {
      result.push_back(connection["id"]);
    }
    return result;
  };
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ(ids(ConnectionOrder::kNewest), (Ids{3, 2}));
  EXPECT_EQ(ids(ConnectionOrder::kAge), (Ids{1, 2}));
  EXPECT_EQ(ids(ConnectionOrder::kBytes), (Ids{1, 3}));
  EXPECT_EQ(ids(ConnectionOrder::kIdle), (Ids{1, 2}));
}

TEST_P(ListOfConnections, TellsThatAClientDoesNotRead) {
  EchoServer server(test_settings());
  const TestClient greedy(server.endpoint(), 4096, 4096);
  std::thread sender([&] { static_cast<void>(greedy.try_send(random_bytes(std::size_t{32} * 1024 * 1024, 7))); });
  EXPECT_TRUE(becomes(server, "sending"));
  ::shutdown(greedy.fd(), SHUT_RDWR);
  sender.join();
}

TEST_P(ListOfConnections, TellsThatAClientHasClosedItsSide) {
  EchoServer server(test_settings());
  const TestClient half(server.endpoint(), 4096, 0);
  half.send(random_bytes(200'000, 1));
  half.half_close();
  EXPECT_TRUE(becomes(server, "half_closed"));
}

TEST_P(ListOfConnections, TellsThatTheServerHasEndedAConnection) {
  auto settings = test_settings();
  settings.idle_timeout = std::chrono::milliseconds(50);
  EchoServer server(settings);
  const TestClient idle = server.connect();
  EXPECT_TRUE(becomes(server, "ending"));
}

}  // namespace
}  // namespace threadecho::test
