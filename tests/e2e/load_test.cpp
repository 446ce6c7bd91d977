#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/faulty_server.h"
#include "support/server_process.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

/// The real `threadecho load`.
class Load : public ServerProcess {
 public:
  explicit Load(std::vector<std::string> arguments)
      : ServerProcess({with_command(std::move(arguments)), {}, "", false}) {}

 private:
  static std::vector<std::string> with_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "load");
    return arguments;
  }
};

TEST(Load, SaysThatACleanRunWasClean) {
  ServerProcess server;
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--connections", "8", "--duration", "200ms", "--warmup", "0"});
  EXPECT_EQ(load.wait(), 0);
  EXPECT_THAT(load.output(), HasSubstr("errors       none"));
  EXPECT_THAT(load.output(), HasSubstr("p99.9"));
  EXPECT_EQ(load.errors(), "");
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_active_threads") == 0; }));
  EXPECT_EQ(server.metric(R"(threadecho_connections_closed_total{reason="client_closed"})"), 8);
}

TEST(Load, CtrlCEndsItEarlyWithItsResult) {
  ServerProcess server;
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--json", "--duration", "1h", "--warmup", "0"});
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") > 1000; }));
  load.signal(SIGINT);
  EXPECT_EQ(load.wait(), 0);
  const auto result = nlohmann::json::parse(load.output());
  EXPECT_EQ(result.at("ended_early"), true);
  EXPECT_GT(result.at("messages"), 0);
}

TEST(Load, SecondCtrlCEndsItAtOnce) {
  const FaultyServer silent([](int fd, int /*number*/) {
    while (!read_some(fd).empty()) {
    }
  });
  Load load({silent.target(), "--duration", "1h", "--timeout", "1h"});
  // The first one is answered by waiting for the echo; the second may come at any time after it.
  EXPECT_TRUE(eventually([&] { return load.errors().find("1 connection ") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] {
    load.signal(SIGINT);
    return load.has_exited();
  }));
  EXPECT_EQ(load.wait(), 128 + SIGINT);
}

TEST(Load, TellsConnectionsThatAServerTookAlong) {
  ServerProcess server({.arguments = {"--drain-timeout", "0s"}, .environment = {}, .env_file = ""});
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--connections", "3", "--duration", "1h"});
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") > 1000; }));
  server.signal(SIGTERM);
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr("errors       3: closed_early 3"));
}

TEST(Load, RefusesBadArgumentsInOneLine) {
  Load load({"localhost:9000", "--connections", "many"});
  EXPECT_EQ(load.wait(), 2);
  EXPECT_EQ(load.output(), "");
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: --connections: 'many' is not a whole number"));
  EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1);
}

TEST(Load, FailsWhenNobodyListens) {
  std::string target;
  {
    target = FaultyServer([](int, int) {}).target();
  }
  Load load({target});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr("refused 1"));
}

}  // namespace
}  // namespace threadecho::test
