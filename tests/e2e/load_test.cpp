#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/faulty_server.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "text/timestamps.h"

namespace threadecho::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

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
  const auto latencies = nlohmann::json::parse(load.output()).at("latency");
  ASSERT_FALSE(samples.empty());
  EXPECT_EQ(latencies.at("count"), samples.size());
  EXPECT_DOUBLE_EQ(latencies.at("min_seconds").get<double>() * 1e9, samples.front());
  EXPECT_DOUBLE_EQ(latencies.at("max_seconds").get<double>() * 1e9, samples.back());
  for (const auto& [name, percent] : std::vector<std::pair<const char*, double>>{{"p10_seconds", 10},
                                                                                 {"p25_seconds", 25},
                                                                                 {"p50_seconds", 50},
                                                                                 {"p75_seconds", 75},
                                                                                 {"p90_seconds", 90},
                                                                                 {"p95_seconds", 95},
                                                                                 {"p99_seconds", 99},
                                                                                 {"p99_9_seconds", 99.9}}) {
    const double exact = percentile_of(samples, percent);
    if (const auto& percentile = latencies.at(name); !percentile.is_null()) {  // of few samples on a busy machine
      EXPECT_NEAR(percentile.get<double>() * 1e9, exact, exact * 0.01) << name;
    }
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

TEST(Load, ASignalEndsItEarlyWithItsResult) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    SCOPED_TRACE(signal);
    ServerProcess server;
    server.wait_until_serving();
    Load load({server.echo().to_string(), "--json", "--duration", "1h", "--warmup", "0"});
    EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") > 1000; }));
    load.signal(signal);
    ASSERT_EQ(load.wait(), 0);
    const auto result = nlohmann::json::parse(load.output());
    EXPECT_EQ(result.at("ended_early"), true);
    EXPECT_GT(result.at("messages"), 0);
  }
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

TEST(Load, TheSameSignalTwiceWithinASecondIsOneRequest) {
  const FaultyServer silent([](int fd, int /*number*/) { read_to_end(fd); });
  Load load({silent.target(), "--duration", "1h", "--timeout", "2s", "--json"});
  EXPECT_TRUE(eventually([&] { return load.errors().find("1 connection ") != std::string::npos; }));
  for (int i = 0; i < 20; ++i) {  // as timeout(1) sends it to the process and to its group
    load.signal(SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr(R"("type":"result")"));
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
  EXPECT_TRUE(eventually([&] { return load.errors().find("  0 connections ") != std::string::npos; }));
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
  Load load({"unknown.invalid:7"});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: name unknown.invalid not found"));
  EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1);
}

TEST(Load, PrintsJsonOnEveryFailure) {
  const auto error_of = [](const std::vector<std::string>& arguments, int status) {
    Load load(arguments);
    EXPECT_EQ(load.wait(), status);
    return nlohmann::json::parse(load.output()).at("error");
  };
  EXPECT_EQ(error_of({"unknown.invalid:7", "--json"}, 1).at("kind"), "name_not_found");
  EXPECT_EQ(error_of({"127.0.0.1:9", "--json", "--size", "many"}, 2).at("kind"), "usage");
  std::string target;
  {
    target = FaultyServer([](int, int) {}).target();
  }
  const auto refused = error_of({target, "--json"}, 1);
  EXPECT_EQ(refused.at("kind"), "refused");
  EXPECT_EQ(refused.at("message"), target + " refused the connection");
}

TEST(Load, CountsEqualErrorsAndFitsEightyColumns) {
  std::string target;
  {
    target = FaultyServer([](int, int) {}).target();
  }
  Load load({target, "--connections", "30", "--duration", "100ms", "--warmup", "0"});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), HasSubstr("  30 x  refused: " + target + " refused the connection, at 0."));
  EXPECT_THAT(load.output(), HasSubstr("0 B/s"));
  std::istringstream lines(load.output());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_LE(std::ranges::count(load.output(), '\n'), 8);
}

TEST(Load, SaysWhenByTheWallClock) {
  const FaultyServer closes([](int, int) {});
  Load text({closes.target(), "--duration", "100ms", "--warmup", "0", "--timestamps"});
  EXPECT_EQ(text.wait(), 1);
  EXPECT_THAT(text.output(), ContainsRegex("at[ \n]+20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-9:]+[.][0-9][0-9][0-9]Z"));
  EXPECT_THAT(text.output(), HasSubstr("\nlocal        127.0.0.1:"));
  Load load({closes.target(), "--duration", "100ms", "--warmup", "0", "--json"});
  EXPECT_EQ(load.wait(), 1);
  const auto result = nlohmann::json::parse(load.output());
  const auto incident = result.at("incidents").at(0);
  EXPECT_GE(incident.at("time"), result.at("started_at"));
  EXPECT_THAT(incident.at("local_address").get<std::string>(), StartsWith("127.0.0.1:"));
  const auto connection = result.at("connections").at(0);
  EXPECT_EQ(connection.at("local_address"), incident.at("local_address"));
  EXPECT_EQ(connection.at("address"), closes.target());
  EXPECT_GE(connection.at("time"), result.at("started_at"));
}

TEST(Load, BeginsLinesOfProgressWithTheWallClockWhenAsked) {
  const FaultyServer echoes([](int fd, int /*number*/) { echo_until_closed(fd); });
  Load load({echoes.target(), "--timestamps", "--duration", "1h", "--warmup", "0", "--report-interval", "100ms"});
  EXPECT_TRUE(eventually([&] { return load.errors().find('\n') != std::string::npos; }));
  load.signal(SIGINT);
  load.wait();
  EXPECT_THAT(load.errors(), MatchesRegex("(20[0-9]+-[0-9-]+T[0-9:]+[.][0-9]+Z [0-9.]+ s  [^\n]*\n)+"));
  const UnusedPort unused;
  Load waits({unused.endpoint().to_string(), "--timestamps", "--wait", "1h"});
  EXPECT_TRUE(eventually([&] { return waits.errors().find('\n') != std::string::npos; }));
  EXPECT_THAT(waits.errors(), ContainsRegex("^20[0-9]+-[0-9-]+T[0-9:]+[.][0-9]+Z threadecho load: waiting: "));
}

TEST(Load, FitsItsProgressIntoTheColumnsWithTheErrors) {
  const FaultyServer echoes([](int fd, int /*number*/) { echo_until_closed(fd); });
  ServerProcess load({.arguments = {"load", echoes.target(), "--timestamps", "--duration", "350ms", "--warmup", "0",
                                    "--report-interval", "100ms"},
                      .environment = {{"COLUMNS", "40"}}});
  EXPECT_EQ(load.wait(), 0);
  std::istringstream lines(load.errors());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 40U) << line;
    EXPECT_THAT(line, HasSubstr(" s  0 errors"));
  }
}

TEST(Load, TellsTheRateOfConnectionsInAChurn) {
  const FaultyServer echoes([](int fd, int /*number*/) { echo_until_closed(fd); });
  Load load({echoes.target(), "--churn", "--duration", "350ms", "--warmup", "0", "--report-interval", "100ms"});
  EXPECT_EQ(load.wait(), 0);
  EXPECT_THAT(load.errors(), ContainsRegex(" s  0 errors  [0-9,.]+ connections/s  p99 "));
}

TEST(Load, SaysThatItCannotCreateAThread) {
  ServerProcess load(
      {.arguments = {"load", "127.0.0.1:9", "--connections", "3", "--threads", "3", "--json"}, .clone3_error = EAGAIN});
  EXPECT_EQ(load.wait(), 1);
  const auto error = nlohmann::json::parse(load.output()).at("error");
  EXPECT_EQ(error.at("kind"), "local_limit");
  EXPECT_EQ(error.at("message"), "cannot create thread 1 of 3: Resource temporarily unavailable");
}

TEST(Load, TellsItsProgressAsJsonWhileItRuns) {
  ServerProcess server;
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--duration", "1h", "--warmup", "0", "--json", "--quiet", "--report-interval",
             "100ms"});
  EXPECT_TRUE(eventually([&] { return std::ranges::count(load.output(), '\n') >= 3; }));
  load.signal(SIGINT);
  EXPECT_EQ(load.wait(), 0);
  EXPECT_EQ(load.errors(), "");
  std::istringstream lines(load.output());
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);) {
    objects.push_back(nlohmann::json::parse(line));
  }
  ASSERT_GE(objects.size(), 4U);
  EXPECT_EQ(objects.back().at("type"), "result");
  objects.pop_back();
  for (const auto& object : objects) {
    EXPECT_EQ(object.at("type"), "interval");
    EXPECT_EQ(object.at("connections"), 1);
    EXPECT_GT(object.at("at_seconds"), 0.0);
  }
}

TEST(Load, WaitsForTheTimeOfItsStart) {
  ServerProcess server;
  server.wait_until_serving();
  const auto start = std::chrono::system_clock::now() + std::chrono::milliseconds(600);
  const std::string time = text::format_timestamp(start);
  Load load({server.echo().to_string(), "--start-at", time, "--duration", "50ms", "--warmup", "0", "--json"});
  EXPECT_EQ(load.wait(), 0);
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: waits until " + time));
  EXPECT_GE(nlohmann::json::parse(load.output()).at("started_at"), time);
  Load never(
      {"127.0.0.1:9", "--start-at", text::format_timestamp(std::chrono::system_clock::now() + std::chrono::hours(1))});
  EXPECT_TRUE(eventually([&] { return never.errors().find("waits until") != std::string::npos; }));
  // The signal may come before it is waited for, and ends the program then too.
  never.signal(SIGTERM);
  EXPECT_EQ(never.wait(), 128 + SIGTERM);
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
  EXPECT_EQ(probe.wait(), 1) << "its result went nowhere";
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_connections_active") == 0; }));
  EXPECT_EQ(server.metric("threadecho_received_bytes_total"), 128);
}

TEST(ClientCommands, FailWhenStartedWithoutStandardOutput) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"load", target, "--duration", "50ms", "--warmup", "0"},
        {"load", target, "--duration", "50ms", "--warmup", "0", "--json"},
        {"probe", target, "--count", "1"},
        {"probe", target, "--count", "1", "--json"},
        {"help", "probe"}}) {
    ServerProcess client({.arguments = arguments, .environment = {}, .env_file = {}, .closed = {STDOUT_FILENO}});
    EXPECT_EQ(client.wait(), 1) << arguments.front();
    EXPECT_THAT(client.errors(), HasSubstr("cannot write to standard output"));
  }
}

TEST(Load, DoesNotBlameTheServerForAPauseOfItsOwn) {
  ServerProcess server;
  server.wait_until_serving();
  Load load({server.echo().to_string(), "--connections", "64", "--duration", "1h", "--warmup", "0", "--timeout", "2s",
             "--report-interval", "100ms", "--json"});
  const auto tells_more = [&] {
    const std::size_t before = load.output().size();
    return eventually([&] { return load.output().size() > before; });
  };
  ASSERT_TRUE(tells_more()) << load.errors();
  load.signal(SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // longer than its timeout
  load.signal(SIGCONT);
  ASSERT_TRUE(tells_more()) << load.errors();
  load.signal(SIGINT);
  EXPECT_EQ(load.wait(), 0);
  const std::string output = load.output();
  const auto json = nlohmann::json::parse(output.substr(output.rfind("{\"type\":\"result\"")));
  EXPECT_EQ(json["errors_total"], 0);
  EXPECT_GE(json["local_stalls"]["longest_seconds"], 2);
}

TEST(Load, SaysWhyItsTargetWasNotFoundWithinItsWait) {
  const UnusedPort unused;
  const std::string target = unused.endpoint().to_string();
  Load load({target, "--connections", "30", "--wait", "1ms", "--json"});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_EQ(nlohmann::json::parse(load.output())["error"]["message"], target + " refused the connection");
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
