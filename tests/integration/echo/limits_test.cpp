#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <vector>

#include "echo/drain.h"
#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using echo::Readiness;
using echo::RejectReason;
using namespace std::chrono_literals;

class MaxConnections : public OverAllModels {};
class MaxConnectionsPerClient : public OverAllModels {};
class IdleTimeout : public OverAllModels {};
class WriteTimeout : public OverAllModels {};
class MaxConnectionAge : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, MaxConnections, all_models(), name_of_model);
INSTANTIATE_TEST_SUITE_P(, MaxConnectionsPerClient, all_models(), name_of_model);
INSTANTIATE_TEST_SUITE_P(, IdleTimeout, all_models(), name_of_model);
INSTANTIATE_TEST_SUITE_P(, WriteTimeout, all_models(), name_of_model);
INSTANTIATE_TEST_SUITE_P(, MaxConnectionAge, all_models(), name_of_model);

TEST_P(MaxConnections, RefusesTheExcessWithAnEndOfFile) {
  auto settings = test_settings();
  settings.max_connections = 2;
  const EchoServer server(settings);
  TestClient first = server.connect();
  const TestClient second = server.connect();
  EXPECT_EQ(first.echo("1"), "1");
  EXPECT_EQ(second.echo("2"), "2");
  expect_orderly_refusal(server.connect());
  EXPECT_EQ(server.rejected(RejectReason::kMaxConnections), 1);
  EXPECT_EQ(server.totals().accepted, 2);

  first.close();
  ASSERT_TRUE(server.has_active(1));
  EXPECT_EQ(server.connect().echo("room again"), "room again");
}

TEST_P(MaxConnections, RefusesAClientThatHasAlreadySentWithoutAReset) {
  auto settings = test_settings();
  settings.max_connections = 1;
  const EchoServer server(settings);
  const TestClient only = server.connect();
  EXPECT_EQ(only.echo("x"), "x");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    const TestClient refused = server.connect();
    refused.send(random_bytes(100'000, 1));
    expect_orderly_refusal(refused);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 50 * echo::kLinger / 2) << "not first when they have lingered";
  EXPECT_EQ(server.rejected(RejectReason::kMaxConnections), 50);
}

TEST_P(MaxConnections, KeepsAtMostSoManyRefusedClientsAndClosesTheOldest) {
  auto settings = test_settings();
  settings.max_connections = 1;
  const EchoServer server(settings);
  const TestClient only = server.connect();
  EXPECT_EQ(only.echo("x"), "x");
  std::vector<TestClient> refused;
  refused.reserve(300);
  for (int i = 0; i < 300; ++i) {
    refused.push_back(server.connect());
  }
  for (const TestClient& client : refused) {
    expect_orderly_refusal(client);
  }
  EXPECT_TRUE(eventually([&] { return server.rejected(RejectReason::kMaxConnections) == 300; }));
}

TEST_P(MaxConnections, FallsFromReadinessUntilFivePercentAreFree) {
  auto settings = test_settings();
  settings.max_connections = 20;
  EchoServer server(settings);
  EXPECT_EQ(server.server().readiness(), Readiness::kReady);
  std::vector<TestClient> clients;
  clients.reserve(20);
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.connect());
  }
  ASSERT_TRUE(server.has_active(20));
  EXPECT_EQ(server.server().readiness(), Readiness::kFull);
  clients.pop_back();
  EXPECT_TRUE(eventually([&] { return server.server().readiness() == Readiness::kReady; }));
}

TEST_P(MaxConnectionsPerClient, CountsAMappedAddressAsIpv4) {
  if (!has_ipv6_loopback()) {
    GTEST_SKIP() << "this host has no ::1";
  }
  auto settings = test_settings();
  settings.max_connections_per_client = 1;
  const EchoServer server(settings);
  TestClient first(server.endpoint("127.0.0.1"));
  EXPECT_EQ(first.echo("1"), "1");
  expect_orderly_refusal(TestClient(server.endpoint("::ffff:127.0.0.1")));
  EXPECT_EQ(TestClient(server.endpoint("::1")).echo("another address"), "another address");
  EXPECT_EQ(server.rejected(RejectReason::kMaxPerClient), 1);

  first.close();
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed, 2));
  EXPECT_EQ(TestClient(server.endpoint("127.0.0.1")).echo("again"), "again");
}

TEST_P(IdleTimeout, EndsASilentConnectionAndNotOneThatSpeaks) {
  auto settings = test_settings();
  settings.idle_timeout = 200ms;
  const EchoServer server(settings);
  const TestClient silent = server.connect();
  const TestClient speaking = server.connect();
  const auto until = std::chrono::steady_clock::now() + 600ms;
  while (std::chrono::steady_clock::now() < until) {
    ASSERT_EQ(speaking.echo("tick"), "tick");
    ::usleep(20'000);
  }
  const auto rest = silent.receive_rest();
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_EQ(speaking.echo("tock"), "tock");
  EXPECT_EQ(server.closed(CloseReason::kIdleTimeout), 0) << "it lingers until the client closes";
}

TEST_P(IdleTimeout, CountsTheReasonAndTakesTheClientsEndOfFile) {
  auto settings = test_settings();
  settings.idle_timeout = 50ms;
  const EchoServer server(settings);
  TestClient client = server.connect();
  EXPECT_EQ(client.echo("last words"), "last words");
  EXPECT_EQ(client.receive_rest().error_number, 0);
  client.close();
  EXPECT_TRUE(server.closes(CloseReason::kIdleTimeout));
  EXPECT_TRUE(server.has_active(0));
}

TEST_P(WriteTimeout, EndsAClientThatTakesNothing) {
  auto settings = test_settings();
  settings.write_timeout = 200ms;
  settings.socket_buffer_size = 16 * 1024;
  const EchoServer server(settings);
  const TestClient client(server.endpoint(), 4096, 4096);
  EXPECT_FALSE(client.try_send(random_bytes(std::size_t{16} * 1024 * 1024, 1)));
  EXPECT_TRUE(server.closes(CloseReason::kWriteTimeout));
}

TEST_P(WriteTimeout, SparesAClientThatReadsSlowly) {
  auto settings = test_settings();
  settings.write_timeout = 900ms;  // reading takes longer in all
  settings.socket_buffer_size = 16 * 1024;
  const EchoServer server(settings);
  const TestClient client(server.endpoint(), 65536, 0);
  const std::string sent = random_bytes(1024 * 1024, 1);
  std::jthread sender([&] {
    client.send(sent);
    client.half_close();
  });
  std::string got;
  while (got.size() < sent.size()) {
    got += client.receive(std::min<std::size_t>(32 * 1024, sent.size() - got.size()));
    ::usleep(30'000);
  }
  sender.join();
  EXPECT_TRUE(got == sent);
  EXPECT_TRUE(server.closes(CloseReason::kClientClosed));
  EXPECT_EQ(server.closed(CloseReason::kWriteTimeout), 0);
}

TEST_P(MaxConnectionAge, EndsABusyConnectionAfterAWholePrefix) {
  auto settings = test_settings();
  settings.max_connection_age = 300ms;
  const EchoServer server(settings);
  const TestClient client = server.connect();
  std::string sent;
  std::jthread sender([&] {
    const std::string piece = random_bytes(1000, 1);
    std::size_t taken = piece.size();
    while (server.closed(CloseReason::kMaxAge) == 0 && taken == piece.size()) {
      taken = client.send_until_broken(piece);  // the last one may go out in part
      sent += piece.substr(0, taken);
    }
  });
  const auto rest = client.receive_rest();
  client.half_close();
  sender.join();
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_GT(rest.bytes.size(), 0U);
  EXPECT_TRUE(sent.starts_with(rest.bytes));
  EXPECT_TRUE(server.closes(CloseReason::kMaxAge));
}

TEST_P(MaxConnectionAge, EndsAnIdleConnectionAndOneWhoseSendIsStuck) {
  auto settings = test_settings();
  settings.max_connection_age = 300ms;
  settings.write_timeout = 0ms;
  settings.socket_buffer_size = 16 * 1024;
  const EchoServer server(settings);
  const TestClient idle = server.connect();
  const TestClient stuck(server.endpoint(), 4096, 4096);
  std::jthread sender([&] { static_cast<void>(stuck.try_send(random_bytes(std::size_t{8} * 1024 * 1024, 1))); });
  EXPECT_EQ(idle.receive_rest().error_number, 0);
  EXPECT_TRUE(server.closes(CloseReason::kMaxAge, 2));
  sender.join();
}

}  // namespace
}  // namespace threadecho::test
