#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "stats/histogram.h"

namespace threadecho::stats {
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

}  // namespace
}  // namespace threadecho::stats
