#include <gtest/gtest.h>

#include <chrono>

#include "echo/connection.h"
#include "echo/histogram.h"
#include "echo/stall_watch.h"

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

constexpr Bounds<3> kBounds = {10us, 100us, 1ms};

TEST(Histogram, PutsAValueIntoTheFirstBucketThatHoldsIt) {
  EXPECT_EQ(bucket_of(kBounds, 0ns), 0U);
  EXPECT_EQ(bucket_of(kBounds, 10us), 0U) << "a bound belongs to its bucket: le";
  EXPECT_EQ(bucket_of(kBounds, 10'001ns), 1U);
  EXPECT_EQ(bucket_of(kBounds, 1ms), 2U);
  EXPECT_EQ(bucket_of(kBounds, 1h), 3U);
}

TEST(Histogram, OfOneWriterAddsUpToTheSameTotals) {
  OwnedHistogram<3> owned;
  HistogramTotals<3> expected;
  HistogramTotals<3> totals;
  for (const nanoseconds value : {nanoseconds(5us), nanoseconds(50us), nanoseconds(60us), nanoseconds(2s)}) {
    owned.observe(kBounds, value);
    expected.observe(kBounds, value);
  }
  owned.add_to(totals);
  owned.add_to(totals);
  EXPECT_EQ(totals.sum, 2 * expected.sum);
  EXPECT_EQ(totals.buckets, (std::array<std::uint64_t, 4>{2, 4, 0, 2}));
}

TEST(StallWatch, CountsFromTheLastAcknowledgement) {
  StallWatch watch(100ms);
  const auto start = Clock::now();
  EXPECT_TRUE(watch.is_progress(10)) << "the stall begins";
  watch.note_progress(10, start);
  EXPECT_FALSE(watch.is_progress(10));
  EXPECT_FALSE(watch.stalled(start + 99ms));
  EXPECT_TRUE(watch.is_progress(11));
  watch.note_progress(11, start + 30ms);
  EXPECT_EQ(watch.deadline(), start + 130ms);
  EXPECT_FALSE(watch.stalled(start + 129ms));
  EXPECT_TRUE(watch.stalled(start + 130ms));
}

TEST(StallWatch, IsLookedAtTwiceAsLongAfterTheLastProgressButNotAfterTheDeadline) {
  StallWatch watch(10s);
  const auto start = Clock::now();
  watch.note_progress(10, start);
  EXPECT_EQ(watch.next_look(start), start + 50ms);
  EXPECT_EQ(watch.next_look(start + 1s), start + 2s);
  EXPECT_EQ(watch.next_look(start + 8s), start + 10s);
  EXPECT_EQ(StallWatch(0ms).next_look(start), Clock::time_point::max());
}

TEST(StallWatch, StartsAgainAfterEverythingWasSent) {
  StallWatch watch(100ms);
  const auto start = Clock::now();
  watch.note_progress(10, start);
  watch.reset();
  EXPECT_FALSE(watch.stalled(start + 1h));
  EXPECT_TRUE(watch.is_progress(10));
}

TEST(StallWatch, NeverStallsWithoutATimeout) {
  StallWatch watch(0ms);
  const auto start = Clock::now();
  watch.note_progress(1, start);
  EXPECT_FALSE(watch.stalled(start + 24h));
  EXPECT_EQ(watch.deadline(), Clock::time_point::max());
}

TEST(Connection, KeepsTheFirstReasonToEnd) {
  Connection connection(1, net::Fd(), net::Endpoint(), Clock::now());
  EXPECT_FALSE(connection.ending().has_value());
  EXPECT_TRUE(connection.end(CloseReason::kMaxAge));
  EXPECT_FALSE(connection.end(CloseReason::kDrainForced));
  EXPECT_EQ(connection.ending(), CloseReason::kMaxAge);
}

}  // namespace
}  // namespace threadecho::echo
