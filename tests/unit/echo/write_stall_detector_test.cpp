#include <gtest/gtest.h>

#include <chrono>

#include "echo/connection.h"
#include "echo/write_stall_detector.h"

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

TEST(WriteStallDetector, CountsFromTheLastAcknowledgement) {
  WriteStallDetector watch(100ms);
  const auto start = Clock::now();
  EXPECT_TRUE(watch.is_progress(10)) << "the stall begins";
  watch.note_progress(10, start);
  EXPECT_FALSE(watch.is_progress(10));
  EXPECT_FALSE(watch.is_stalled(start + 99ms));
  EXPECT_TRUE(watch.is_progress(11));
  watch.note_progress(11, start + 30ms);
  EXPECT_EQ(watch.deadline(), start + 130ms);
  EXPECT_FALSE(watch.is_stalled(start + 129ms));
  EXPECT_TRUE(watch.is_stalled(start + 130ms));
}

TEST(WriteStallDetector, IsLookedAtTwiceAsLongAfterTheLastProgressButNotAfterTheDeadline) {
  WriteStallDetector watch(10s);
  const auto start = Clock::now();
  watch.note_progress(10, start);
  EXPECT_EQ(watch.next_look(start), start + 50ms);
  EXPECT_EQ(watch.next_look(start + 1s), start + 2s);
  EXPECT_EQ(watch.next_look(start + 8s), start + 10s);
  EXPECT_EQ(WriteStallDetector(0ms).next_look(start), Clock::time_point::max());
}

TEST(WriteStallDetector, StartsAgainAfterEverythingWasSent) {
  WriteStallDetector watch(100ms);
  const auto start = Clock::now();
  watch.note_progress(10, start);
  watch.reset();
  EXPECT_FALSE(watch.is_stalled(start + 1h));
  EXPECT_TRUE(watch.is_progress(10));
}

TEST(WriteStallDetector, NeverStallsWithoutATimeout) {
  WriteStallDetector watch(0ms);
  const auto start = Clock::now();
  watch.note_progress(1, start);
  EXPECT_FALSE(watch.is_stalled(start + 24h));
  EXPECT_EQ(watch.deadline(), Clock::time_point::max());
}

}  // namespace
}  // namespace threadecho::echo
