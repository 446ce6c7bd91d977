#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "stats/histogram.h"

namespace threadecho::stats {
namespace {

using namespace std::chrono_literals;

constexpr Bounds<3> kBounds = {10us, 100us, 1ms};
using Buckets = BoundedBuckets<kBounds>;

TEST(Histogram, PutsAValueIntoTheFirstBucketThatHoldsIt) {
  EXPECT_EQ(Buckets::index_of(0ns), 0U);
  EXPECT_EQ(Buckets::index_of(10us), 0U) << "a bound belongs to its bucket: le";
  EXPECT_EQ(Buckets::index_of(10'001ns), 1U);
  EXPECT_EQ(Buckets::index_of(1ms), 2U);
  EXPECT_EQ(Buckets::index_of(1h), 3U);
}

TEST(Histogram, OfOneWriterAddsUpToTheSameTotals) {
  SingleWriterHistogram<Buckets> live;
  HistogramTotals<Buckets> expected;
  HistogramTotals<Buckets> totals;
  for (const nanoseconds value : {nanoseconds(5us), nanoseconds(50us), nanoseconds(60us), nanoseconds(2s)}) {
    live.observe(value);
    expected.observe(value);
  }
  live.add_to(totals);
  live.add_to(totals);
  EXPECT_EQ(totals.sum, 2 * expected.sum);
  EXPECT_EQ(totals.buckets, (std::array<std::uint64_t, 4>{2, 4, 0, 2}));
}

}  // namespace
}  // namespace threadecho::stats
