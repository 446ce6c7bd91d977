#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "load/load_run.h"
#include "net/wakeup.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

TEST(LoadProgress, CountsEachMessageOnce) {
  const EchoServer server;
  load::LoadOptions how;
  how.mode = load::LoadMode::kOpen;
  how.rate = 1000;
  how.duration = std::chrono::milliseconds(2500);
  how.warmup = std::chrono::milliseconds(0);
  std::vector<load::LoadSnapshot> snapshots;
  load::LoadHooks hooks;
  hooks.on_progress = [&](const load::LoadSnapshot& snapshot) { snapshots.push_back(snapshot); };
  const load::LoadResult result = load::run_load_test(how, server.endpoint(), hooks);
  EXPECT_GE(snapshots.size(), 2U);
  std::uint64_t messages = 0;
  std::uint64_t latencies = 0;
  for (const load::LoadSnapshot& snapshot : snapshots) {
    messages += snapshot.messages;
    latencies += snapshot.latencies.count();
  }
  EXPECT_GT(messages, 0U);
  EXPECT_LE(messages, result.messages);
  EXPECT_LE(latencies, result.messages);
}

/// Of the first snapshot after the connections were tried.
std::string phase_of(load::LoadOptions how) {
  const EchoServer server;
  how.mode = load::LoadMode::kOpen;
  how.rate = 10;
  how.report_interval = std::chrono::milliseconds(100);
  net::Wakeup stop;
  std::string phase;
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  hooks.on_progress = [&](const load::LoadSnapshot& snapshot) {
    if (phase.empty() && snapshot.phase != "opening") {
      phase = snapshot.phase;
      stop.notify();
    }
  };
  static_cast<void>(load::run_load_test(how, server.endpoint(), hooks));
  return phase;
}

TEST(LoadProgress, TellsThePhaseOfTheRun) {
  constexpr std::chrono::hours kLong{1};
  load::LoadOptions how;
  how.duration = kLong;
  how.warmup = std::chrono::milliseconds(0);
  EXPECT_EQ(phase_of(how), "measured");
  how.warmup = kLong;
  EXPECT_EQ(phase_of(how), "warmup");
  how.ramp = kLong;
  EXPECT_EQ(phase_of(how), "ramp");
}

TEST(LoadProgress, TellsOneSnapshotAfterItWasHeldUp) {
  const EchoServer server;
  load::LoadOptions how;
  how.mode = load::LoadMode::kHold;
  how.duration = std::chrono::milliseconds(1500);
  how.warmup = std::chrono::milliseconds(0);
  how.report_interval = std::chrono::milliseconds(100);
  std::vector<int> intervals;
  load::LoadHooks hooks;
  hooks.on_progress = [&](const load::LoadSnapshot& snapshot) {
    if (intervals.empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(550));
    }
    intervals.push_back(static_cast<int>(snapshot.seconds * 10));
  };
  static_cast<void>(load::run_load_test(how, server.endpoint(), hooks));
  ASSERT_GE(intervals.size(), 2U);
  EXPECT_EQ(std::ranges::adjacent_find(intervals), intervals.end()) << "two in the same tenth of a second";
}

}  // namespace
}  // namespace threadecho::test
