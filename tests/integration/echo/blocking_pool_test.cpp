#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "echo/drain.h"
#include "net/tcp.h"
#include "support/echo_fixture.h"
#include "support/failing_epoll.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using Clock = std::chrono::steady_clock;
using echo::CloseReason;
using echo::ConnectionState;
using namespace std::chrono_literals;

config::Settings blocking_pool_of(std::uint32_t threads) {
  auto settings = test_settings();
  settings.thread_model = config::ThreadModel::kBlockingPool;
  settings.pool_threads = threads;
  return settings;
}

std::string message_of(std::size_t client) { return "client " + std::to_string(client); }

/// This many clients, in this order, each of which has sent its message.
std::vector<TestClient> connect(const EchoServer& server, std::size_t count) {
  std::vector<TestClient> clients;
  clients.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(server.connect());
    clients.back().send(message_of(i));
  }
  return clients;
}

bool has_got_nothing(const TestClient& client) {
  char byte = 0;
  return ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool threads_have_ended() {
  return eventually([] { return count_threads("pool-") + count_threads("queue") == 0; });
}

/// Nothing: it has ended.
std::optional<ConnectionState> state_of(EchoServer& server, std::uint64_t id) {
  const auto connections = server.server().connections();
  const auto found = std::ranges::find(connections, id, &echo::ConnectionSnapshot::id);
  return found == connections.end() ? std::nullopt : std::optional(found->state);
}

TEST(BlockingPool, ServesAThousandClientsWithTenThreadsInTheOrderOfTheirArrival) {
  constexpr std::size_t kClients = 1000;
  constexpr std::size_t kThreads = 10;
  const EchoServer server(blocking_pool_of(kThreads));
  auto clients = connect(server, kClients);
  ASSERT_TRUE(server.has(kClients, kClients - kThreads));
  EXPECT_EQ(server.totals().active_threads, kThreads);
  EXPECT_EQ(count_threads("pool-"), kThreads);
  for (std::size_t i = 0; i < kClients; ++i) {
    ASSERT_EQ(clients[i].receive(message_of(i).size()), message_of(i));
    // The threads are at this client and the nine that follow.
    ASSERT_TRUE(i + kThreads >= kClients || has_got_nothing(clients[i + kThreads])) << i;
    clients[i].close();
  }
  ASSERT_TRUE(server.has_active(0));
  const auto totals = server.totals();
  EXPECT_EQ(totals.accepted, kClients);
  EXPECT_EQ(totals.closed[echo::index_of(CloseReason::kClientClosed)], kClients);
  EXPECT_EQ(totals.received_bytes, totals.echoed_bytes);
  EXPECT_EQ(totals.thread_start.count(), kClients);
}

TEST(BlockingPool, OfOneTalksToOneClientAtATime) {
  EchoServer server(blocking_pool_of(1));
  TestClient first = server.connect();
  ASSERT_EQ(first.echo("mine"), "mine");
  const TestClient second = server.connect();
  second.send("later");
  ASSERT_TRUE(server.has(2, 1));
  const auto connections = server.server().connections();
  const auto waiting = std::ranges::find(connections, 2U, &echo::ConnectionSnapshot::id);
  EXPECT_EQ(waiting->state, ConnectionState::kWaiting);
  EXPECT_EQ(waiting->thread_id, 0U);
  EXPECT_EQ(waiting->received_bytes, 0U) << "its bytes are in the kernel";
  EXPECT_EQ(first.echo("still mine"), "still mine");
  EXPECT_TRUE(has_got_nothing(second));
  first.close();
  EXPECT_EQ(second.receive(5), "later");
  EXPECT_EQ(server.totals().waiting, 0U);
}

TEST(BlockingPool, HasAsManyThreadsAsItIsToldAndEndsThem) {
  {
    const EchoServer server(blocking_pool_of(3));
    EXPECT_TRUE(eventually([] { return count_threads("pool-") == 3 && count_threads("queue") == 1; }));
    EXPECT_EQ(server.totals().active_threads, 0U);
  }
  EXPECT_TRUE(threads_have_ended());
}

TEST(BlockingPool, CannotStartWithoutItsThreads) {
  auto settings = blocking_pool_of(1);
  settings.thread_stack_size = std::size_t{1} << 47U;  // more than there are addresses
  EXPECT_THROW(EchoServer server(settings), std::system_error);
}

TEST(BlockingPool, KeepsToTheLimitWithThoseThatWait) {
  auto settings = blocking_pool_of(1);
  settings.max_connections = 3;
  EchoServer server(settings);
  auto clients = connect(server, 3);
  ASSERT_TRUE(server.has(3, 2));
  EXPECT_EQ(server.server().readiness(), echo::Readiness::kFull);
  expect_orderly_refusal(server.connect());
  EXPECT_EQ(server.rejected(echo::RejectReason::kMaxConnections), 1U);
  clients.pop_back();
  clients.erase(clients.begin());
  EXPECT_TRUE(eventually([&] { return server.server().readiness() == echo::Readiness::kReady; }));
}

TEST(BlockingPool, RefusesAClientThatItCannotWatch) {
  EchoServer server(blocking_pool_of(1));
  {
    const FailingEpoll failing;
    expect_orderly_refusal(server.connect());
    EXPECT_TRUE(eventually([&] { return server.rejected(echo::RejectReason::kThreadLimit) == 1; }));
  }
  EXPECT_EQ(server.totals().accepted, 0U);
  EXPECT_EQ(server.connect().echo("served"), "served");
}

/// A pool whose only thread has a client that stays.
class WaitingClient : public ::testing::Test {
 protected:
  explicit WaitingClient(const config::Settings& settings = blocking_pool_of(1)) : server_(settings) {
    EXPECT_EQ(served_.echo("busy"), "busy");
  }

  TestClient connect_and_wait() {
    const std::uint64_t waiting = server_.totals().waiting + 1;
    TestClient client = server_.connect();
    EXPECT_TRUE(server_.has(waiting + 1, waiting));
    return client;
  }
  /// The only thread has begun with no other client.
  void expect_that_it_cost_no_threads_time() {
    EXPECT_EQ(served_.echo("undisturbed"), "undisturbed");
    EXPECT_EQ(server_.totals().thread_start.count(), 1U);
    EXPECT_EQ(server_.totals().accepted, 2U);
  }

  EchoServer server_;
  TestClient served_ = server_.connect();
};

TEST_F(WaitingClient, LeavesTheQueueAtOnceWhenItClosesWithNothingSent) {
  connect_and_wait().close();
  EXPECT_TRUE(server_.closes(CloseReason::kClientClosed));
  EXPECT_TRUE(server_.has(1, 0));
  expect_that_it_cost_no_threads_time();
}

TEST_F(WaitingClient, LeavesTheQueueAtOnceWhenItResets) {
  TestClient waiting = connect_and_wait();
  waiting.send("never read");
  waiting.reset();
  EXPECT_TRUE(server_.closes(CloseReason::kClientReset));
  expect_that_it_cost_no_threads_time();
}

TEST_F(WaitingClient, LeavesTheQueueWithItsResetAfterItHasClosedItsSide) {
  TestClient waiting = connect_and_wait();
  waiting.send("never read");
  waiting.half_close();
  std::this_thread::sleep_for(50ms);  // so that the queue has seen that
  waiting.reset();
  EXPECT_TRUE(server_.closes(CloseReason::kClientReset));
  expect_that_it_cost_no_threads_time();
}

TEST_F(WaitingClient, GetsItsEchoThoughItHasClosedItsSide) {
  const TestClient waiting = connect_and_wait();
  waiting.send("all of it");
  waiting.half_close();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server_.totals().waiting, 1U);
  EXPECT_TRUE(has_got_nothing(waiting));
  served_.close();
  const auto rest = waiting.receive_rest();
  EXPECT_EQ(rest.bytes, "all of it");
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_TRUE(server_.closes(CloseReason::kClientClosed, 2));
}

TEST_F(WaitingClient, WakesNoThreadByWhatItSends) {
  std::vector<TestClient> waiting;
  for (int i = 0; i < 10; ++i) {
    waiting.push_back(connect_and_wait());
  }
  waiting.front().send("and no more");
  waiting.front().half_close();
  std::this_thread::sleep_for(50ms);
  const auto before = context_switches("queue");
  for (int round = 0; round < 100; ++round) {
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      waiting[i].send("more");
    }
  }
  std::this_thread::sleep_for(50ms);
  EXPECT_LE(context_switches("queue").voluntary, before.voluntary + 10) << "of 900 messages";
}

TEST_F(WaitingClient, IsCountedAsDrainedWhenItGivesUpInADrain) {
  TestClient waiting = connect_and_wait();
  server_.begin_drain_and_stop_accepting();
  waiting.close();
  EXPECT_TRUE(server_.closes(CloseReason::kDrained));
  EXPECT_EQ(served_.echo("may finish"), "may finish");
}

TEST_F(WaitingClient, IsServedInADrainWhileThereIsTime) {
  const TestClient waiting = connect_and_wait();
  waiting.send("in time");
  server_.begin_drain_and_stop_accepting();
  served_.close();
  EXPECT_EQ(waiting.receive(7), "in time");
  EXPECT_EQ(server_.stop(), 1U);
}

TEST_F(WaitingClient, GetsAnEndOfFileFromTheDrainThoughItGoesOnSending) {
  const TestClient waiting = connect_and_wait();
  std::thread sender([&] { static_cast<void>(waiting.try_send(random_bytes(std::size_t{8} * 1024 * 1024, 1))); });
  server_.begin_drain_and_stop_accepting();
  std::thread reader([&] { expect_orderly_refusal(waiting); });
  EXPECT_EQ(server_.stop(), 2U);
  reader.join();
  sender.join();
  EXPECT_EQ(server_.closed(CloseReason::kDrainForced), 2U);
  EXPECT_TRUE(threads_have_ended());
}

TEST(BlockingPool, EndsADrainWithHundredsOfWaitingClientsInOrder) {
  constexpr std::size_t kClients = 1000;
  constexpr std::size_t kThreads = 10;
  EchoServer server(blocking_pool_of(kThreads));
  const auto clients = connect(server, kClients);
  ASSERT_TRUE(server.has(kClients, kClients - kThreads));
  server.begin_drain_and_stop_accepting();
  const auto began = Clock::now();
  EXPECT_EQ(server.stop(), kClients);
  EXPECT_LT(Clock::now() - began, echo::kLinger + 2s);
  for (std::size_t i = 0; i < kClients; ++i) {
    const auto rest = clients[i].receive_rest();
    ASSERT_EQ(rest.bytes, i < kThreads ? message_of(i) : "") << i;
    ASSERT_EQ(rest.error_number, 0) << i;
    ASSERT_EQ(net::take_error(clients[i].fd()), 0) << "no reset behind the end of file: what came was discarded";
  }
  EXPECT_EQ(server.closed(CloseReason::kDrainForced), kClients);
  EXPECT_TRUE(threads_have_ended());
}

class WaitingClientAndItsIdleTimeout : public WaitingClient {
 protected:
  WaitingClientAndItsIdleTimeout() : WaitingClient(settings()) {}
  static config::Settings settings() {
    auto settings = blocking_pool_of(1);
    settings.idle_timeout = 400ms;
    return settings;
  }
};

TEST_F(WaitingClientAndItsIdleTimeout, BeginsToBeIdleWhenItIsServed) {
  const TestClient waiting = connect_and_wait();
  const auto until = Clock::now() + 2 * settings().idle_timeout;
  while (Clock::now() < until) {
    ASSERT_EQ(served_.echo("tick"), "tick");
    std::this_thread::sleep_for(20ms);
  }
  served_.close();
  EXPECT_EQ(waiting.echo("not idle before"), "not idle before");
  EXPECT_EQ(server_.closed(CloseReason::kIdleTimeout), 0U);
  EXPECT_EQ(waiting.receive_rest().error_number, 0) << "and then it is";
}

class WaitingClientAndItsAge : public WaitingClient {
 protected:
  static constexpr std::chrono::milliseconds kAge = 15s;  // ends most of a second apart, for a busy machine

  WaitingClientAndItsAge() : WaitingClient(settings()) {}
  static config::Settings settings() {
    auto settings = blocking_pool_of(1);
    settings.max_connection_age = kAge;
    return settings;
  }
};

TEST_F(WaitingClientAndItsAge, EndsByItInTheQueueWhateverTheOrderOfArrival) {
  // The limit is up to a tenth less, by the connection's number: 2 % for the second connection, 9 % for the third.
  TestClient second = connect_and_wait();
  TestClient third = connect_and_wait();
  third.send("never read");
  expect_orderly_refusal(third);
  EXPECT_EQ(state_of(server_, 2), ConnectionState::kWaiting);
  EXPECT_EQ(state_of(server_, 3), ConnectionState::kEnding) << "it lingers until the client closes";
  EXPECT_EQ(server_.totals().waiting, 1U) << "only the second waits for a thread";
  EXPECT_EQ(server_.totals().active_threads, 1U);
  third.close();
  EXPECT_TRUE(server_.closes(CloseReason::kMaxAge, 1));
  expect_orderly_refusal(second);
  EXPECT_EQ(server_.totals().thread_start.count(), 1U);
}

}  // namespace
}  // namespace threadecho::test
