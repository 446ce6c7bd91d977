#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "echo/drain.h"
#include "support/echo_fixture.h"
#include "support/server_side.h"

namespace threadecho::test {
namespace {

using echo::RejectReason;
using ::testing::HasSubstr;

class RefusedClients : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, RefusedClients, all_models(), name_of_model);

/// A server at its limit of one connection.
class RefusedClientsOfAFullServer : public RefusedClients {
 protected:
  RefusedClientsOfAFullServer() { EXPECT_EQ(only_.echo("x"), "x"); }

  static config::Settings full_settings() {
    auto settings = test_settings();
    settings.max_connections = 1;
    settings.socket_buffer_size = 16 * 1024;
    return settings;
  }

  const EchoServer server_{full_settings()};
  const TestClient only_ = server_.connect();
};
INSTANTIATE_TEST_SUITE_P(, RefusedClientsOfAFullServer, all_models(), name_of_model);

TEST_P(RefusedClients, AreLoggedWithPeerAndReasonAtALimitedRate) {
  constexpr int kRefused = 50;
  auto settings = test_settings();
  settings.max_connections = 2;
  settings.max_connections_per_client = 1;
  EchoServer server(settings);
  const TestClient first(server.endpoint("127.0.0.1"));
  EXPECT_EQ(first.echo("1"), "1");
  std::string refused_peer;
  for (int i = 0; i < kRefused; ++i) {
    const TestClient refused = server.connect();
    refused_peer = i == 0 ? refused.local().to_string() : refused_peer;
    expect_orderly_refusal(refused);
    ASSERT_FALSE(HasFailure()) << "client " << i;
  }
  const std::string text = server.log().text();
  EXPECT_THAT(text,
              HasSubstr("warning connection refused peer=" + refused_peer + " reason=max_per_client suppressed=0"));
  std::size_t lines = 0;
  for (auto at = text.find("connection refused"); at != std::string::npos;
       at = text.find("connection refused", at + 1)) {
    ++lines;
  }
  EXPECT_LT(lines, std::size_t{kRefused}) << "one a second";
  server.begin_drain_and_stop_accepting();
  server.stop();
  EXPECT_THAT(server.log().text(), HasSubstr("more connections refused reason=max_per_client suppressed="));
}

TEST_P(RefusedClientsOfAFullServer, AreDiscardedForAMebibyteAtMost) {
  constexpr std::size_t kMost = std::size_t{1024} * 1024;
  constexpr std::size_t kQueued = std::size_t{1024} * 1024;  // what the two kernels' buffers may hold beside it
  constexpr std::size_t kFlood = std::size_t{64} * 1024 * 1024;
  const TestClient refused(server_.endpoint(), 0, 16 * 1024);
  const std::string piece = random_bytes(4096, 1);
  std::size_t sent = 0;
  for (std::size_t taken = piece.size(); sent < kFlood && taken == piece.size();) {
    taken = refused.send_until_broken(piece);
    sent += taken;
  }
  EXPECT_GE(sent, kMost) << "what a client sends before it learns of its refusal draws no reset";
  EXPECT_LT(sent, kMost + kQueued);
}

TEST_P(RefusedClientsOfAFullServer, HaveTheirEndOfFileBeforeTheyHaveLingered) {
  constexpr int kRefused = 8;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kRefused; ++i) {
    const TestClient refused = server_.connect();
    expect_orderly_refusal(refused);  // and stays open
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, kRefused * echo::kLinger / 2);
}

TEST_P(RefusedClientsOfAFullServer, AreClosedAfterASecond) {
  const auto began = std::chrono::steady_clock::now();
  const TestClient refused = server_.connect();
  expect_orderly_refusal(refused);
  EXPECT_TRUE(eventually([&] { return descriptor_with_peer(refused.local()) < 0; }));
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(took, echo::kLinger);
  EXPECT_LT(took, 10 * echo::kLinger);
}

TEST(ThreadLimit, RefusesAClientForWhomThereIsNoThread) {
  auto settings = test_settings();
  settings.thread_stack_size = std::size_t{1} << 47U;  // more than there are addresses: no thread can be started
  EchoServer server(settings);
  for (int i = 0; i < 20; ++i) {
    const TestClient refused = server.connect();
    refused.send("anything");
    expect_orderly_refusal(refused);
    ASSERT_FALSE(HasFailure()) << "client " << i;  // each of the others would take as long to fail
  }
  EXPECT_EQ(server.rejected(RejectReason::kThreadLimit), 20U);
  EXPECT_EQ(server.totals().accepted, 0U);
  EXPECT_EQ(server.server().connections_limit(), 0U);
  EXPECT_EQ(server.server().readiness(), echo::Readiness::kOutOfThreads);
  EXPECT_TRUE(server.log().wait_for("warning connection refused peer=127.0.0.1:"));
  EXPECT_THAT(server.log().text(), HasSubstr("reason=thread_limit error=\""));
  EXPECT_THAT(server.log().text(), HasSubstr("suppressed=0"));
}

}  // namespace
}  // namespace threadecho::test
