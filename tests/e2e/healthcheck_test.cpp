#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Checks the health of `server`, told of its ports by the environment as a container's health check is.
class Healthcheck {
 public:
  explicit Healthcheck(const ServerProcess& server, std::vector<std::string> flags = {})
      : process_({.arguments = command(std::move(flags)),
                  .environment = {{"PORT", std::to_string(server.echo().port())},
                                  {"HTTP_PORT", std::to_string(server.http_port())}},
                  .env_file = {},
                  .free_ports = false}),
        status(process_.wait()),
        output(process_.output()) {
    EXPECT_EQ(process_.errors(), "");
    EXPECT_EQ(output.find('\n'), output.size() - 1) << output;
  }

 private:
  static std::vector<std::string> command(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "healthcheck");
    return flags;
  }

  ServerProcess process_;

 public:
  const int status;
  const std::string output;
};

TEST(HealthcheckCommand, IsGoodWhileTheServerAnswers) {
  ServerProcess server;
  server.wait_until_serving();
  const Healthcheck plain(server);
  EXPECT_EQ(plain.status, 0);
  EXPECT_EQ(plain.output,
            "healthy: GET /healthz at 127.0.0.1:" + std::to_string(server.http_port()) + " answered 200\n");
  EXPECT_EQ(server.metric("threadecho_connections_accepted_total"), 0) << "it is no client of the echo service";
  const Healthcheck with_echo(server, {"--echo"});
  EXPECT_EQ(with_echo.status, 0);
  EXPECT_THAT(with_echo.output, HasSubstr("echoed"));
  EXPECT_EQ(server.metric("threadecho_connections_accepted_total"), 1);
}

TEST(HealthcheckCommand, AsksWhereTheServerIsBound) {
  ServerProcess server({.arguments = {"--bind-address", "127.0.0.2"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  const Healthcheck health(server, {"--echo", "--bind-address", "127.0.0.2"});
  EXPECT_EQ(health.status, 0) << health.output;
  EXPECT_THAT(health.output, HasSubstr("127.0.0.2:"));
}

TEST(HealthcheckCommand, OfAFullServerFailsOnlyWithEcho) {
  ServerProcess server({.arguments = {"--max-connections", "1"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("x"), "x");
  EXPECT_EQ(Healthcheck(server).status, 0);
  const Healthcheck with_echo(server, {"--echo"});
  EXPECT_EQ(with_echo.status, 1);
  EXPECT_THAT(with_echo.output, HasSubstr("closed early"));
}

TEST(HealthcheckCommand, IsBadWhenTheServerHangsOrIsGone) {
  ServerProcess server;
  server.wait_until_serving();
  server.signal(SIGSTOP);
  const Healthcheck hanging(server);
  EXPECT_EQ(hanging.status, 1);
  EXPECT_THAT(hanging.output, HasSubstr("no answer in time"));
  server.signal(SIGCONT);
  EXPECT_EQ(Healthcheck(server).status, 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  const Healthcheck gone(server);
  EXPECT_EQ(gone.status, 1);
  EXPECT_THAT(gone.output, HasSubstr("refused"));
}

TEST(HealthcheckCommand, EndsWithOneForWrongSettingsAndUsage) {
  ServerProcess server;
  server.wait_until_serving();
  const Healthcheck settings(server, {"--drain-timeout", "soon", "--log-level", "loud"});
  EXPECT_EQ(settings.status, 1);
  EXPECT_THAT(settings.output, StartsWith("unhealthy: "));
  EXPECT_THAT(settings.output, HasSubstr("DRAIN_TIMEOUT=\"soon\""));
  EXPECT_THAT(settings.output, HasSubstr("LOG_LEVEL=\"loud\""));
  EXPECT_EQ(Healthcheck(server, {"--frob"}).status, 1);
}

}  // namespace
}  // namespace threadecho::test
