#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"
#include "support/sending_clients.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using echo::Readiness;

class Drain : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, Drain, all_models(), name_of_model);

TEST_P(Drain, AcceptsUntilItIsToldToStop) {
  EchoServer server(test_settings());
  server.server().begin_drain();
  EXPECT_EQ(server.server().readiness(), Readiness::kDraining);
  EXPECT_EQ(server.connect().echo("late"), "late");
  server.begin_drain_and_stop_accepting();
  EXPECT_THROW(static_cast<void>(server.connect()), std::system_error);
}

TEST_P(Drain, LetsOpenConnectionsFinish) {
  EchoServer server(test_settings());
  TestClient client = server.connect();
  EXPECT_EQ(client.echo("before"), "before");
  server.begin_drain_and_stop_accepting();
  EXPECT_FALSE(server.server().is_idle());
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_TRUE(eventually([&] { return server.server().is_idle(); }));
  EXPECT_EQ(server.stop(), 0U);
  EXPECT_EQ(server.closed(CloseReason::kDrained), 1U);
}

TEST_P(Drain, AcceptsEveryClientWhoseHandshakeWasComplete) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(server.connect());
    clients.back().send("queued");
  }
  server.begin_drain_and_stop_accepting();
  for (TestClient& client : clients) {
    ASSERT_EQ(client.receive(6), "queued");
    client.close();  // more clients than the blocking pool has threads: the next one may wait for this one's
  }
}

TEST_P(Drain, EndsIdleConnectionsWithAnEndOfFile) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.connect());
    ASSERT_EQ(clients.back().echo("x"), "x");
  }
  server.begin_drain_and_stop_accepting();
  EXPECT_EQ(server.stop(), 20U);
  for (const TestClient& client : clients) {
    const auto rest = client.receive_rest();
    EXPECT_EQ(rest.bytes, "");
    EXPECT_EQ(rest.error_number, 0);
  }
  EXPECT_EQ(server.closed(CloseReason::kDrainForced), 20U);
  EXPECT_TRUE(eventually([] { return count_threads("echo-") + count_threads("pool-") == 0; }));
}

TEST_P(Drain, GivesClientsThatGoOnSendingAnExactPrefixAndThenAnEndOfFile) {
  constexpr std::size_t kClients = 8;
  EchoServer server(test_settings());
  SendingClients clients(server.endpoint(), kClients);
  ASSERT_TRUE(clients.are_under_way());
  server.begin_drain_and_stop_accepting();
  EXPECT_FALSE(server.server().is_idle());
  EXPECT_EQ(server.stop(), kClients);
  clients.expect_exact_prefixes();
  EXPECT_EQ(server.closed(CloseReason::kDrainForced), kClients);
}

TEST_P(Drain, EndsWithinItsTimeThoughAClientNeitherReadsNorCloses) {
  EchoServer server(test_settings());
  const TestClient stuck(server.endpoint(), 4096, 4096);
  std::thread sender([&] { static_cast<void>(stuck.try_send(random_bytes(std::size_t{32} * 1024 * 1024, 1))); });
  ASSERT_TRUE(eventually([&] { return server.totals().received_bytes > 0; }));
  server.begin_drain_and_stop_accepting();
  EXPECT_EQ(server.stop(), 1U);
  EXPECT_TRUE(eventually([] { return count_threads("echo-") + count_threads("pool-") == 0; }));
  EXPECT_EQ(server.totals().active, 0U);
  sender.join();
}

TEST_P(Drain, CountsAClientThatAnswersItsDeadlineWithAResetAsEndedByTheDrain) {
  EchoServer server(test_settings());
  TestClient client = server.connect();
  ASSERT_EQ(client.echo("x"), "x");
  server.begin_drain_and_stop_accepting();
  std::thread answer([&] {
    EXPECT_EQ(client.receive_rest().error_number, 0);
    client.reset();
  });
  EXPECT_EQ(server.stop(), 1U);
  answer.join();
  EXPECT_EQ(server.closed(CloseReason::kDrainForced), 1U);
}

TEST_P(Drain, EndsWithItsRefusedClients) {
  auto settings = test_settings();
  settings.max_connections = 1;
  EchoServer server(settings);
  TestClient only = server.connect();
  ASSERT_EQ(only.echo("x"), "x");
  TestClient refused = server.connect();
  ASSERT_EQ(refused.receive_rest().error_number, 0);
  only.close();
  server.begin_drain_and_stop_accepting();
  EXPECT_TRUE(eventually([&] { return server.server().is_idle(); }));
  refused.close();
  EXPECT_TRUE(eventually([&] { return server.server().has_ended(); }));
  EXPECT_EQ(server.stop(), 0U);
}

TEST_P(Drain, DeliversTheTailOfAHalfClosedConnection) {
  constexpr std::size_t kSize = 256 * 1024;
  EchoServer server(test_settings());
  const TestClient client(server.endpoint(), 4096, 0);
  const std::string sent = random_bytes(kSize, 5);
  client.send(sent);
  client.half_close();
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes == kSize; }));
  server.begin_drain_and_stop_accepting();
  EXPECT_FALSE(server.server().is_idle()) << "the tail is not read yet";
  std::thread reader([&] { EXPECT_TRUE(client.receive_rest().bytes == sent); });
  EXPECT_TRUE(eventually([&] { return server.server().is_idle(); }));
  EXPECT_EQ(server.stop(), 0U);
  reader.join();
}

}  // namespace
}  // namespace threadecho::test
