#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <utility>

#include "support/http_client.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

/// /readyz of the real program in a drain with READY_DURING_DRAIN_DELAY, over all thread models.
class StopReadiness : public ::testing::TestWithParam<std::string> {
 protected:
  static ServerProcess::Setup setup(std::string delay) {
    return {.arguments = {"--ready-during-drain-delay", "on", "--drain-delay", std::move(delay)},
            .environment = {{"THREAD_MODEL", GetParam()}, {"DRAIN_TIMEOUT", "1d"}},
            .env_file = {}};
  }
};
INSTANTIATE_TEST_SUITE_P(, StopReadiness, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(StopReadiness, StaysDuringTheDelay) {
  ServerProcess server(setup("1d"));
  server.wait_until_serving();
  server.signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return server.metric("threadecho_draining") == 1; }));
  EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 200);
  EXPECT_EQ(server.metric("threadecho_ready"), 1);
  EXPECT_EQ(TestClient(server.echo()).echo("still accepted"), "still accepted");
}

TEST_P(StopReadiness, FallsAfterTheDelay) {
  ServerProcess server(setup("100ms"));
  server.wait_until_serving();
  TestClient client(server.echo());
  EXPECT_EQ(client.echo("before"), "before");
  server.signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return http_get(server.http_port(), "/readyz").status == 503; }));
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_EQ(server.wait(), 0);
}

}  // namespace
}  // namespace threadecho::test
