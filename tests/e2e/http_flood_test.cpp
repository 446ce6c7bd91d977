#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/http_client.h"
#include "support/process_facts.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

class HttpFlood : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(, HttpFlood, testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(HttpFlood, OfAThousandIdleConnectionsLeavesProbesAndEchoesAlone) {
  constexpr int kIdle = 1000;
  constexpr double kMostHttpConnections = 64;
  ServerProcess server({.arguments = {"--thread-model", GetParam()}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("before"), "before");
  const double before = server.metric("process_open_fds");
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < kIdle; ++i) {
    idle.push_back(std::make_unique<HttpClient>(server.http_port()));
    if (i % 100 == 0) {
      EXPECT_EQ(client.echo("during"), "during");
      EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 200);
    }
  }
  EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 200);
  EXPECT_EQ(server.get("/healthz"), "ok\n");
  EXPECT_LE(server.metric("process_open_fds"), before + kMostHttpConnections) << "the rest was closed";
  EXPECT_EQ(count_threads("http", server.pid()), 1U);
  EXPECT_EQ(client.echo("after"), "after");
  EXPECT_EQ(server.metric("threadecho_ready"), 1);
}

}  // namespace
}  // namespace threadecho::test
