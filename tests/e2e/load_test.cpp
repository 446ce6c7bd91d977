#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
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

/// The least of all samples that `percent` of them do not exceed.
double percentile_of(const std::vector<double>& sorted, double percent) {
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  return sorted.at(static_cast<std::size_t>(rank) - 1);
}

TEST(Load, ReportsThePercentilesOfTheSamplesThatItDumps) {
  ServerProcess server;
  server.wait_until_serving();
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "samples";
  Load load({server.echo().to_string(), "--connections", "4", "--duration", "300ms", "--json", "--raw-samples", file});
  EXPECT_EQ(load.wait(), 0);
  std::ifstream dump(file);
  std::vector<double> samples{std::istream_iterator<double>(dump), {}};
  std::ranges::sort(samples);
  const auto latencies = nlohmann::json::parse(load.output()).at("latency_nanoseconds");
  ASSERT_FALSE(samples.empty());
  EXPECT_EQ(latencies.at("count"), samples.size());
  EXPECT_EQ(latencies.at("min"), samples.front());
  EXPECT_EQ(latencies.at("max"), samples.back());
  for (const auto& [name, percent] : std::vector<std::pair<const char*, double>>{{"p10", 10},
                                                                                 {"p25", 25},
                                                                                 {"p50", 50},
                                                                                 {"p75", 75},
                                                                                 {"p90", 90},
                                                                                 {"p95", 95},
                                                                                 {"p99", 99},
                                                                                 {"p99.9", 99.9}}) {
    const double exact = percentile_of(samples, percent);
    EXPECT_NEAR(latencies.at(name).get<double>(), exact, exact * 0.01) << name;
  }
}

TEST(Load, CountsNoConnectionBesideItsOwnWhenANameHasSeveralAddresses) {
  addrinfo* found = nullptr;
  const addrinfo hints{.ai_flags = 0,
                       .ai_family = AF_UNSPEC,
                       .ai_socktype = SOCK_STREAM,
                       .ai_protocol = 0,
                       .ai_addrlen = 0,
                       .ai_addr = nullptr,
                       .ai_canonname = nullptr,
                       .ai_next = nullptr};
  if (::getaddrinfo("localhost", nullptr, &hints, &found) != 0) {
    GTEST_SKIP() << "this host does not know localhost: it has no /etc/hosts";
  }
  ::freeaddrinfo(found);
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = "localhost:" + std::to_string(server.echo().port());
  Load load({target, "--connections", "3", "--duration", "100ms", "--warmup", "0"});
  EXPECT_EQ(load.wait(), 0);
  EXPECT_THAT(load.output(), HasSubstr(target + " ("));
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_active_threads") == 0; }));
  EXPECT_EQ(server.metric("threadecho_connections_accepted_total"), 3);
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
  const FaultyServer silent([](int fd, int /*number*/) { read_to_end(fd); });
  Load load({silent.target(), "--duration", "1h", "--timeout", "1h"});
  // The first one is answered by waiting for the echo; the second may come at any time after it.
  EXPECT_TRUE(eventually([&] { return load.errors().find("1 connection ") != std::string::npos; }));
  ASSERT_TRUE(eventually([&] {
    load.signal(SIGINT);
    return load.has_exited();
  }));
  EXPECT_EQ(load.wait(), 128 + SIGINT);
}

TEST(Load, ASecondSignalOfAnotherKindEndsItAtOnce) {
  const FaultyServer silent([](int fd, int /*number*/) { read_to_end(fd); });
  Load load({silent.target(), "--duration", "1h", "--timeout", "1h"});
  EXPECT_TRUE(eventually([&] { return load.errors().find("1 connection ") != std::string::npos; }));
  load.signal(SIGINT);
  ASSERT_TRUE(eventually([&] {
    load.signal(SIGTERM);
    return load.has_exited();
  }));
  EXPECT_EQ(load.wait(), 128 + SIGTERM);
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

TEST(Load, EndsOnTimeWhileItWaitsToReconnect) {
  ServerProcess server({.arguments = {"--drain-timeout", "0s"}, .environment = {}, .env_file = ""});
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--connections", "3", "--reconnect", "--duration", "1s", "--warmup", "0"});
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") > 1000; }));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr("reconnected  0 of 3"));
}

TEST(Load, EndsWhenAskedWhileItWaitsToReconnect) {
  ServerProcess server({.arguments = {"--drain-timeout", "0s"}, .environment = {}, .env_file = ""});
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--reconnect", "--duration", "1h", "--warmup", "0"});
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") > 1000; }));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_TRUE(eventually([&] { return load.errors().find("s  0 connections ") != std::string::npos; }));
  load.signal(SIGTERM);
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr("ended early"));
}

TEST(Load, RefusesBadArgumentsInOneLine) {
  Load load({"localhost:9000", "--connections", "many"});
  EXPECT_EQ(load.wait(), 2);
  EXPECT_EQ(load.output(), "");
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: --connections \"many\": not a whole number"));
  EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1);
}

TEST(Load, RefusesWhatItCannotDoBeforeItConnects) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--source", "192.0.2.1"}, {"--raw-samples", "/nowhere/file"}}) {
    std::vector<std::string> all = {"127.0.0.1:9"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Load load(all);
    EXPECT_EQ(load.wait(), 2);
    EXPECT_EQ(load.output(), "");
    EXPECT_THAT(load.errors(), HasSubstr("threadecho load: " + arguments.front() + ": cannot "));
    EXPECT_THAT(load.errors(), HasSubstr(arguments.back()));
    EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1);
  }
}

TEST(Load, SaysThatANameWasNotFound) {
  Load load({"nobody.invalid:7"});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: name nobody.invalid not found"));
  EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1);
}

TEST(Load, FailsWhenItsResultCannotBeWritten) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"load", target, "--duration", "50ms", "--warmup", "0"},
        {"load", target, "--duration", "50ms", "--warmup", "0", "--json"},
        {"probe", target, "--count", "1"}}) {
    ServerProcess client({.arguments = arguments, .environment = {}, .env_file = {}, .output = "/dev/full"});
    EXPECT_EQ(client.wait(), 1);
    EXPECT_THAT(client.errors(), HasSubstr("threadecho " + arguments.front() + ": cannot write"));
    EXPECT_EQ(std::ranges::count(client.errors(), '\n'), 1);
  }
}

TEST(ClientCommands, DoNotWriteIntoTheirOwnConnectionWhenStartedWithoutOutput) {
  ServerProcess server;
  server.wait_until_serving();
  ServerProcess probe({.arguments = {"probe", server.echo().to_string(), "--count", "2", "--interval", "0s"},
                       .environment = {},
                       .env_file = {},
                       .closed = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}});
  EXPECT_EQ(probe.wait(), 0);
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_connections_active") == 0; }));
  EXPECT_EQ(server.metric("threadecho_received_bytes_total"), 128);
}

TEST(Load, FailsWhenTheConnectionIsRefused) {
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
