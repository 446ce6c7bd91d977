#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using ::testing::HasSubstr;
using ::testing::Not;

class Counting : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, Counting, all_models(), name_of_model);

TEST_P(Counting, CountsAConnectionThatSendsNothing) {
  const EchoServer server(test_settings());
  server.connect().close();
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed));
  EXPECT_EQ(server.totals().accepted, 1);
  EXPECT_EQ(server.totals().received_bytes, 0);
}

TEST_P(Counting, LogsAConnectionThatSendsNothingAtDebugOnly) {
  const EchoServer server(test_settings());
  TestClient client = server.connect();
  ASSERT_TRUE(server.has_active(1));
  client.close();
  ASSERT_TRUE(server.log().wait_for("connection closed"));
  EXPECT_THAT(server.log().text(), HasSubstr("debug connection opened id=1 peer=127.0.0.1:"));
  EXPECT_THAT(server.log().text(), HasSubstr("debug connection closed id=1 peer=127.0.0.1:"));
  EXPECT_THAT(server.log().text(), Not(HasSubstr("info")));
}

TEST_P(Counting, LogsTheOpeningOfAConnectionOnce) {
  const EchoServer server(test_settings());
  EXPECT_EQ(server.connect().echo("hello"), "hello");
  ASSERT_TRUE(server.log().wait_for("connection closed"));
  const std::string text = server.log().text();
  const auto first = text.find("connection opened");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("connection opened", first + 1), std::string::npos);
}

TEST_P(Counting, AsksTheKernelAboutThePathAfterAnEchoAndAtTheEnd) {
  EchoServer server(test_settings());
  const auto round_trips = [&] { return server.totals().round_trip.count(); };
  TestClient client = server.connect();
  ASSERT_TRUE(server.has_active(1));
  EXPECT_EQ(round_trips(), 0U);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(client.echo("x"), "x");
  }
  EXPECT_TRUE(eventually([&] { return round_trips() >= 1; }));
  EXPECT_LE(round_trips(), 10U) << "at most once a second, however many messages there are";
  const std::uint64_t before = round_trips();
  client.close();
  ASSERT_TRUE(server.has_active(0));
  EXPECT_EQ(round_trips(), before + 1);
  EXPECT_GT(server.totals().round_trip.sum.count(), 0);
  EXPECT_LT(server.totals().round_trip.sum, std::chrono::seconds(1));
}

TEST_P(Counting, KeepsTotalsThatNeverGoBackWhileConnectionsComeAndGo) {
  EchoServer server(test_settings());
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        ASSERT_EQ(server.connect().echo("round"), "round");
      }
    });
  }
  echo::Totals last;
  while (last.closed[echo::index_of(CloseReason::kClientClosed)] < 800) {
    const echo::Totals now = server.totals();
    ASSERT_GE(now.received_bytes, last.received_bytes);
    ASSERT_GE(now.echoed_bytes, last.echoed_bytes);
    ASSERT_GE(now.accepted, last.accepted);
    ASSERT_EQ(now.accepted, now.active + now.closed[echo::index_of(CloseReason::kClientClosed)]);
    last = now;
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(last.received_bytes, 800 * 5);
  EXPECT_EQ(server.totals().echoed_bytes, 800 * 5);
  EXPECT_EQ(server.totals().connection_duration.count(), 800);
}

TEST_P(Counting, CountsEveryOrderlyHalfCloseAsClosedByTheClient) {
  // The last acknowledgement may come between two questions to the kernel; that is not a reset.
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kRounds = 400;
  EchoServer server(test_settings());
  const std::string sent = random_bytes(20'000, 8);
  std::vector<std::thread> clients;
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    clients.emplace_back([&] {
      for (std::uint64_t round = 0; round < kRounds; ++round) {
        const TestClient client(server.endpoint(), 4096, 0);
        client.send(sent);
        client.half_close();
        ASSERT_TRUE(client.receive_rest().bytes == sent);
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  ASSERT_TRUE(server.has_active(0));
  EXPECT_EQ(server.closed(CloseReason::kClientClosed), kThreads * kRounds);
}

}  // namespace
}  // namespace threadecho::test
