#include "load/load_run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "load/json_report.h"
#include "load/sample_file.h"
#include "load/text_report.h"
#include "net/wakeup.h"
#include "support/echo_fixture.h"
#include "support/faulty_server.h"
#include "support/server_process.h"

namespace threadecho::test {
namespace {

using load::LoadMode;
using load::LoadOptions;
using load::LoadResult;
using load::Nanoseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

LoadOptions options(LoadMode mode = LoadMode::kClosed) {
  LoadOptions options;
  options.target = {.host = "test", .port = 1};
  options.mode = mode;
  options.connections = 4;
  options.threads = 2;
  options.size = mode == LoadMode::kBulk ? 65536 : 64;
  options.duration = milliseconds(400);  // long enough for a busy machine to echo something
  options.warmup = milliseconds(0);
  return options;
}

LoadResult run_clean(const LoadOptions& how) {
  const EchoServer server;
  LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
  EXPECT_FALSE(result.stopped_early);
  EXPECT_DOUBLE_EQ(result.measured_seconds, std::chrono::duration<double>(how.duration).count());
  return result;
}

TEST(LoadRun, ClosedLoopEchoesEverything) {
  for (const std::uint64_t size : {1U, 64U, 3000U, 200'000U}) {
    for (const std::uint32_t pipeline : {1U, 7U}) {
      LoadOptions how = options();
      how.size = size;
      how.pipeline = pipeline;
      how.duration = milliseconds(400);
      const LoadResult result = run_clean(how);
      EXPECT_GT(result.messages, 0U);
      EXPECT_EQ(result.latencies.count(), result.messages);
      EXPECT_EQ(result.opened, 4U);
      EXPECT_THAT(load::text_report(result), HasSubstr("no connection was lost or refused"));
    }
  }
}

TEST(LoadRun, OpenLoopSendsWhatIsDueAndNoMore) {
  LoadOptions how = options(LoadMode::kOpen);
  how.rate = 1000;
  how.duration = milliseconds(300);
  const LoadResult result = run_clean(how);
  EXPECT_EQ(result.messages, 300U);
  EXPECT_EQ(result.missed_messages, 0U);
}

TEST(LoadRun, BulkAndChurnEcho) {
  EXPECT_GT(run_clean(options(LoadMode::kBulk)).messages, 0U);
  const LoadResult churn = run_clean(options(LoadMode::kChurn));
  EXPECT_GT(churn.messages, 4U);
  EXPECT_GE(churn.opened, churn.messages);
}

TEST(LoadRun, HoldProvesEachConnection) {
  LoadOptions how = options(LoadMode::kHold);
  how.connections = 200;
  const LoadResult result = run_clean(how);
  EXPECT_EQ(result.proved, 200U);
  EXPECT_EQ(result.messages, 0U) << "none is measured";
}

TEST(LoadRun, HoldNamesTheOneThatNoLongerEchoes) {
  LoadOptions how = options(LoadMode::kHold);
  how.timeout = milliseconds(300);
  const FaultyServer server([](int fd, int number) {
    if (number == 1) {
      write_all(fd, read_exactly(fd, 64));
      read_to_end(fd);
    }
    echo_until_closed(fd);
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_EQ(result.proved, 3U);
  EXPECT_EQ(result.incidents.count(client::FailureKind::kEchoTimeout), 1U) << load::text_report(result);
}

TEST(LoadRun, SourcesTakeTurns) {
  LoadOptions how = options(LoadMode::kHold);
  how.duration = milliseconds(400);
  how.sources = {*net::Endpoint::parse("127.0.0.2", 0), *net::Endpoint::parse("127.0.0.3", 0)};
  std::atomic<int> from_second{0};
  const FaultyServer server([&](int fd, int /*number*/) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
    ::getpeername(fd, address, &length);
    from_second += net::Endpoint(address, length).to_string().starts_with("127.0.0.2:") ? 1 : 0;
    echo_until_closed(fd);
  });
  EXPECT_TRUE(load::run_load_test(how, server.endpoint()).is_clean());
  EXPECT_EQ(from_second, 2);
}

TEST(LoadRun, AStallOfASecondShowsInTheOpenLoop) {
  LoadOptions how = options(LoadMode::kOpen);
  how.connections = 1;
  how.threads = 1;
  how.rate = 500;
  how.duration = milliseconds(2500);
  const FaultyServer server([](int fd, int /*number*/) {
    write_all(fd, read_exactly(fd, 64));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    echo_until_closed(fd);
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(result.is_clean());
  EXPECT_EQ(result.messages, 1250U);
  EXPECT_GE(result.latencies.percentile(99), milliseconds(900));  // of 1250 messages 500 were due during the stall
}

TEST(LoadRun, PercentilesAgreeWithRawSamples) {
  const TemporaryDirectory directory;
  const auto path = directory.write("samples", "");
  load::SampleFile file(net::Fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC)));
  const EchoServer server;
  const LoadResult result = load::run_load_test(options(), server.endpoint(),
                                                {.stop_fd = -1, .on_stop = {}, .on_progress = {}, .samples = &file});
  file.finish();
  std::ifstream lines(path);
  std::vector<Nanoseconds> samples{std::istream_iterator<Nanoseconds>(lines), {}};
  ASSERT_EQ(samples.size(), result.messages);
  std::ranges::sort(samples);
  for (const double percent : {50.0, 90.0, 99.0, 99.9, 100.0}) {
    const double rank = std::ceil(percent / 100 * static_cast<double>(samples.size()));
    const auto exact = static_cast<double>(samples.at(static_cast<std::size_t>(rank) - 1));
    EXPECT_NEAR(static_cast<double>(result.latencies.percentile(percent).count()), exact, exact * 0.01);
  }
}

TEST(LoadRun, SaysHowLongALostConnectionWasAway) {
  LoadOptions how = options();
  how.connections = 3;
  how.reconnect = true;
  how.duration = milliseconds(600);
  const FaultyServer server([](int fd, int number) {
    if (number == 0) {
      write_all(fd, read_exactly(fd, 64));
    } else if (number > 2 && number < 5) {
      return;  // accepted, but closed before an echo: not back yet
    } else {
      echo_until_closed(fd);
    }
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  ASSERT_EQ(result.incidents.total(), 1U) << load::text_report(result);
  const auto& incident = result.incidents.kept().front();
  EXPECT_EQ(incident.attempts, 2U);
  EXPECT_GE(incident.recovered_after, Nanoseconds{10'000'000});
  EXPECT_EQ(result.incidents.total_recovered(), 1U);
  EXPECT_FALSE(result.stopped_early);
  EXPECT_THAT(load::text_report(result), HasSubstr("; back after"));
}

TEST(LoadRun, EndsEarlyWhenAskedAndStillHasAResult) {
  LoadOptions how = options();
  how.duration = std::chrono::minutes(5);
  net::Wakeup stop;
  const EchoServer server;
  std::thread asker([&] {
    EXPECT_TRUE(eventually([&] { return server.totals().echoed_bytes > 1000; }));
    stop.notify();
  });
  int stops = 0;
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  hooks.on_stop = [&] { ++stops; };
  const LoadResult result = load::run_load_test(how, server.endpoint(), hooks);
  asker.join();
  EXPECT_EQ(stops, 1);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_TRUE(result.is_clean());
  EXPECT_GT(result.messages, 0U);
}

TEST(LoadRun, SaysHowManyConnectionsItDoesNotList) {
  LoadResult result = run_clean(options());
  EXPECT_THAT(load::text_report(result, 200), Not(HasSubstr("json lists")));
  result.opened = 30'000;
  const std::size_t listed = result.openings.kept().size();
  EXPECT_EQ(nlohmann::json::parse(load::json_report(result)).at("connections_not_listed"), 30'000 - listed);
  EXPECT_THAT(load::text_report(result, 200), HasSubstr("(--json lists " + std::to_string(listed) + " in all)"));
}

TEST(LoadRun, NamesItsRamp) {
  LoadResult result;
  result.target = *net::Endpoint::parse("192.0.2.1", 9000);
  result.options.ramp = std::chrono::seconds(30);
  EXPECT_THAT(load::text_report(result, 200), HasSubstr(", ramp of 30s"));
}

TEST(LoadRun, WritesAllOfItAsJson) {
  const LoadResult result = run_clean(options());
  const auto json = nlohmann::json::parse(load::json_report(result));
  EXPECT_EQ(json.at("messages"), result.messages);
  EXPECT_EQ(json.at("clean"), true);
  EXPECT_EQ(json.at("settings").at("mode"), "closed");
  EXPECT_EQ(json.at("latency").at("count"), result.latencies.count());
  EXPECT_EQ(json.at("errors").at("refused"), 0);
  EXPECT_EQ(json.at("connections").size(), result.opened);
  EXPECT_EQ(json.at("connections_not_listed"), 0);
  EXPECT_FALSE(json.at("machine").at("kernel").get<std::string>().empty());
  EXPECT_FALSE(json.at("machine").at("congestion_control").get<std::string>().empty());
}

}  // namespace
}  // namespace threadecho::test
