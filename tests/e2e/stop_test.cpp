#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/http_client.h"
#include "support/sending_clients.h"
#include "support/server_process.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

/// Over both thread models of the real program.
class Stop : public ::testing::TestWithParam<std::string> {
 protected:
  static std::pair<std::string, std::string> model() { return {"THREAD_MODEL", GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(, Stop, ::testing::Values("per-connection", "pool"),
                         [](const auto& model) { return model.param == "pool" ? "Pool" : "PerConnection"; });

bool becomes_unready(const ServerProcess& server) {
  return eventually([&] { return http_get(server.http_port(), "/readyz").status == 503; });
}

TEST_P(Stop, FallsFromReadinessAtOnceAndAcceptsDuringTheDelay) {
  ServerProcess server({.arguments = {"--drain-delay", "1d"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 200);
  server.signal(SIGTERM);
  ASSERT_TRUE(becomes_unready(server));
  EXPECT_THAT(http_get(server.http_port(), "/readyz").body, HasSubstr("draining"));
  EXPECT_EQ(http_get(server.http_port(), "/healthz").status, 200);
  EXPECT_EQ(server.metric("threadecho_draining"), 1);
  EXPECT_EQ(TestClient(server.echo()).echo("still accepted"), "still accepted");
}

TEST_P(Stop, ClosesTheListenerAndLetsOpenConnectionsFinish) {
  ServerProcess server({.arguments = {"--drain-timeout", "1d"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  TestClient client(server.echo());
  EXPECT_EQ(client.echo("before"), "before");
  server.signal(SIGINT);
  ASSERT_TRUE(becomes_unready(server));
  EXPECT_TRUE(eventually([&] {
    try {
      TestClient late(server.echo());
      return false;
    } catch (const std::system_error&) {
      return true;  // refused
    }
  }));
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.output(), HasSubstr("reason=drained"));
  EXPECT_THAT(server.output(), HasSubstr("ended_at_deadline=0"));
}

TEST_P(Stop, EndsAtOnceOnASecondSignal) {
  for (const int second : {SIGTERM, SIGINT}) {
    // ThreadSanitizer would say, and exit with a status of its own, that threads are still there: that is the point.
    ServerProcess server({.arguments = {"--drain-timeout", "1d"},
                          .environment = {model(), {"TSAN_OPTIONS", "report_thread_leaks=0"}},
                          .env_file = {}});
    server.wait_until_serving();
    const TestClient client(server.echo());
    EXPECT_EQ(client.echo("x"), "x");
    server.signal(SIGTERM);
    ASSERT_TRUE(becomes_unready(server));
    server.signal(second);
    EXPECT_EQ(server.wait(), 128 + second);
  }
}

TEST_P(Stop, GivesClientsThatGoOnSendingAnExactPrefixAndThenAnEndOfFile) {
  ServerProcess server({.arguments = {"--drain-timeout", "100ms"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  SendingClients clients(server.echo(), 8);
  ASSERT_TRUE(clients.are_under_way());
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  clients.expect_exact_prefixes();
  EXPECT_THAT(server.output(), HasSubstr("ended_at_deadline=8"));
}

}  // namespace
}  // namespace threadecho::test
