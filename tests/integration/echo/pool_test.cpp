#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/failing_epoll.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

config::Settings pool_of(std::uint32_t threads) {
  auto settings = test_settings();
  settings.thread_model = config::ThreadModel::kPool;
  settings.pool_threads = threads;
  return settings;
}

/// Sends as long as it lives and is read, and reads what comes back: it always has more to do.
class BusyClient {
 public:
  explicit BusyClient(const EchoServer& server) : client_(server.connect()) {
    sender_ = std::thread([this] {
      const std::string piece = random_bytes(std::size_t{1024} * 1024, 1);
      while (client_.try_send(piece)) {
      }
    });
    receiver_ = std::thread([this] {
      std::vector<char> forgotten(std::size_t{256} * 1024);
      while (::recv(client_.fd(), forgotten.data(), forgotten.size(), 0) > 0) {
      }
    });
  }
  ~BusyClient() {
    ::shutdown(client_.fd(), SHUT_RDWR);
    sender_.join();
    receiver_.join();
  }
  BusyClient(const BusyClient&) = delete;
  BusyClient& operator=(const BusyClient&) = delete;

 private:
  TestClient client_;
  std::thread sender_;
  std::thread receiver_;
};

TEST(Pool, HasAsManyThreadsAsItIsToldWhoeverIsThere) {
  {
    const EchoServer server(pool_of(3));
    EXPECT_TRUE(eventually([] { return count_threads("pool-") == 3; }));
    EXPECT_EQ(server.totals().active_threads, 0U);
    std::vector<TestClient> clients;
    for (int i = 0; i < 50; ++i) {
      clients.push_back(server.connect());
      ASSERT_EQ(clients.back().echo("x"), "x");
    }
    EXPECT_EQ(count_threads("pool-"), 3U);
    EXPECT_EQ(server.totals().active_threads, 3U);
  }
  // The kernel lists a thread for a moment after it has been joined.
  EXPECT_TRUE(eventually([] { return count_threads("pool-") == 0; }));
}

TEST(Pool, GivesAClientToTheWorkerWithTheFewest) {
  EchoServer server(pool_of(3));
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < 9; ++i) {
    clients.push_back(server.connect());
    ASSERT_TRUE(server.has_active(i + 1));
  }
  const auto by_thread = [&] {
    std::map<std::uint64_t, int> counts;
    for (const auto& connection : server.server().connections()) {
      ++counts[connection.thread_id];
    }
    return counts;
  };
  for (const auto& [thread, count] : by_thread()) {
    EXPECT_EQ(count, 3) << thread;
  }
  EXPECT_EQ(by_thread().size(), 3U);

  const std::uint64_t emptied = server.server().connections().front().thread_id;
  const auto connections = server.server().connections();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    for (const auto& connection : connections) {
      if (connection.thread_id == emptied && connection.peer.to_string() == clients[i].local().to_string()) {
        clients[i].close();
        break;
      }
    }
  }
  ASSERT_TRUE(server.has_active(6));
  EXPECT_EQ(server.totals().active_threads, 2U);
  const TestClient late = server.connect();
  ASSERT_TRUE(server.has_active(7));
  EXPECT_EQ(by_thread()[emptied], 1);
}

TEST(Pool, GivesEveryConnectionItsTurnBesideOneThatAlwaysHasMore) {
  const EchoServer server(pool_of(1));
  const BusyClient busy(server);
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes > 1'000'000; }));
  std::vector<TestClient> quiet;
  for (int i = 0; i < 100; ++i) {
    quiet.push_back(server.connect());
  }
  for (int round = 0; round < 5; ++round) {
    for (const TestClient& client : quiet) {
      ASSERT_EQ(client.echo("my turn"), "my turn");
    }
  }
  const std::uint64_t before = server.totals().echoed_bytes;
  EXPECT_TRUE(eventually([&] { return server.totals().echoed_bytes > before; })) << "and the busy one goes on";
}

TEST(Pool, RefusesAClientThatItCannotWatchAndStopsAllTheSame) {
  EchoServer server(pool_of(1));
  {
    const FailingEpoll failing;
    const TestClient refused = server.connect();
    EXPECT_EQ(refused.receive_rest().error_number, 0);
    EXPECT_TRUE(eventually([&] { return server.rejected(echo::RejectReason::kThreadLimit) == 1; }));
  }
  EXPECT_EQ(server.totals().active_threads, 0U);
  EXPECT_EQ(server.connect().echo("served"), "served");
  server.begin_drain_and_stop_accepting();
  server.stop();  // returns only when the worker has ended
  EXPECT_TRUE(eventually([] { return count_threads("pool-") == 0; }));
}

TEST(Pool, DoesNotLetAClientThatNeverReadsDelayItsNeighbours) {
  EchoServer server(pool_of(1));
  const TestClient greedy(server.endpoint(), 4096, 4096);
  std::thread sender([&] { static_cast<void>(greedy.try_send(random_bytes(std::size_t{32} * 1024 * 1024, 7))); });
  ASSERT_TRUE(eventually([&] {
    const auto connections = server.server().connections();
    return !connections.empty() && connections.front().state == echo::ConnectionState::kSending;
  }));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(server.connect().echo("next to it"), "next to it");
  }
  ::shutdown(greedy.fd(), SHUT_RDWR);
  sender.join();
}

TEST(Pool, EndsAClientThatGoesOnSendingThoughItsNeighbourIsBusy) {
  auto settings = pool_of(1);
  settings.max_connection_age = std::chrono::milliseconds(200);
  const EchoServer server(settings);
  const BusyClient first(server);
  const BusyClient second(server);
  EXPECT_TRUE(server.closes(echo::CloseReason::kMaxAge, 2));
  EXPECT_TRUE(server.has_active(0));
}

}  // namespace
}  // namespace threadecho::test
