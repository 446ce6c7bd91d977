#include "admin/connection_list.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using http::ConnectionOrder;

class ListOfConnections : public OverBothModels {
 protected:
  /// Waits until `count` connections are served, and lists them.
  static http::ConnectionList list(EchoServer& server, std::size_t count, const http::ConnectionsQuery& query) {
    EXPECT_TRUE(server.has_active(count));
    return admin::list_connections(server.server(), query);
  }
  /// Waits until the only connection is in this state.
  static bool becomes(EchoServer& server, std::string_view state) {
    return eventually([&] {
      const auto all = admin::list_connections(server.server(), {});
      return all.total == 1 && all.shown.front().state == state;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(, ListOfConnections, both_models(), name_of_model);

TEST_P(ListOfConnections, ShowsWhoIsThereAndWhichThreadServesThem) {
  EchoServer server(test_settings());
  const TestClient silent = server.connect();
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("hello"), "hello");
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes == 5; }));
  const auto all = list(server, 2, {});
  EXPECT_EQ(all.total, 2U);
  ASSERT_EQ(all.shown.size(), 2U);
  const http::ConnectionView& newest = all.shown.front();
  EXPECT_EQ(newest.id, 2U);
  EXPECT_EQ(newest.peer, client.local().to_string());
  EXPECT_EQ(newest.state, "receiving");
  EXPECT_EQ(newest.received_bytes, 5U);
  EXPECT_EQ(newest.echoed_bytes, 5U);
  EXPECT_GT(newest.age.count(), 0);
  EXPECT_LE(newest.idle, newest.age);
  EXPECT_TRUE(
      eventually([&] { return admin::list_connections(server.server(), {}).shown.front().round_trip.has_value(); }));
  EXPECT_EQ(all.shown.back().id, 1U);
  EXPECT_FALSE(all.shown.back().round_trip.has_value()) << "nobody has asked yet";
  const auto threads = threads_of(is_pool() ? "pool-" : "echo-");
  for (const http::ConnectionView& connection : all.shown) {
    EXPECT_NE(std::find(threads.begin(), threads.end(), static_cast<pid_t>(connection.thread)), threads.end());
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
    const auto cut = list(server, 3, {.limit = 2, .order = order});
    EXPECT_EQ(cut.total, 3U);
    for (const http::ConnectionView& connection : cut.shown) {
      result.push_back(connection.id);
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
