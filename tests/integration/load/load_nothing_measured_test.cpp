#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "load/json_report.h"
#include "load/load_run.h"
#include "load/text_report.h"
#include "net/wakeup.h"
#include "support/faulty_server.h"

namespace threadecho::test {
namespace {

using load::LoadMode;
using load::LoadOptions;
using load::LoadResult;
using ::testing::HasSubstr;

/// Ends the run when the server has its first connection.
LoadResult run_stopped_at_the_first_client(const LoadOptions& how) {
  net::Wakeup stop;
  const FaultyServer server([&](int fd, int /*number*/) {
    stop.notify();
    echo_until_closed(fd);
  });
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  return load::run_load_test(how, server.endpoint(), hooks);
}

TEST(LoadNothingMeasured, IsNotCleanWhenItEndedInTheWarmUp) {
  LoadOptions how;
  how.warmup = std::chrono::hours(1);
  const LoadResult result = run_stopped_at_the_first_client(how);
  EXPECT_FALSE(result.is_clean());
  EXPECT_EQ(result.incidents.total(), 0U);
  const auto json = nlohmann::json::parse(load::json_report(result));
  EXPECT_EQ(json.at("clean"), false);
  EXPECT_EQ(json.at("error").at("kind"), "other");
  EXPECT_EQ(json.at("error").at("message"), "the run ended before anything was measured");
  EXPECT_THAT(load::text_report(result), HasSubstr("not clean    the run ended before anything was measured\n"));
}

TEST(LoadNothingMeasured, IsNotCleanWhenItEndedInTheRamp) {
  LoadOptions how;
  how.connections = 2;
  how.ramp = std::chrono::hours(1);
  EXPECT_FALSE(run_stopped_at_the_first_client(how).is_clean());
}

TEST(LoadNothingMeasured, IsNotCleanWhenNoMessageCameBackInTime) {
  LoadOptions how;
  how.warmup = std::chrono::milliseconds(0);
  how.duration = std::chrono::milliseconds(100);
  const FaultyServer late([&](int fd, int /*number*/) {
    const std::string message = read_exactly(fd, how.size);
    std::this_thread::sleep_for(2 * how.duration);
    write_all(fd, message);
    echo_until_closed(fd);
  });
  const LoadResult result = load::run_load_test(how, late.endpoint());
  EXPECT_FALSE(result.is_clean());
  EXPECT_THAT(load::text_report(result), HasSubstr("not clean    no message came back within the measured time\n"));
}

TEST(LoadNothingMeasured, ConnectionsThatWereNeverOpenedAreNotClean) {
  LoadResult result;
  result.options.connections = 3;
  result.measured_seconds = 1;
  result.messages = 10;
  result.opened = 2;
  EXPECT_EQ(load::failure_to_measure(result).value().text, "1 of 3 connections were never opened");
  result.stopped_early = true;
  EXPECT_FALSE(load::failure_to_measure(result)) << "the user ended the run";
  result.stopped_early = false;
  result.options.mode = LoadMode::kChurn;
  EXPECT_FALSE(load::failure_to_measure(result)) << "as many as fit into the time";
}

TEST(LoadNothingMeasured, HeldConnectionsNeedNoMessage) {
  LoadOptions how;
  how.mode = LoadMode::kHold;
  how.warmup = std::chrono::milliseconds(0);
  how.duration = std::chrono::milliseconds(100);
  const FaultyServer server([](int fd, int /*number*/) { echo_until_closed(fd); });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
}

}  // namespace
}  // namespace threadecho::test
