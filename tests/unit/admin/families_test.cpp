#include "admin/families.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>

namespace threadecho::admin {
namespace {

using namespace std::chrono_literals;

TEST(MetricFamilies, GiveAHistogramCumulativeBucketsInSeconds) {
  constexpr std::array<std::chrono::nanoseconds, 3> kBounds = {500us, 1ms, 2s};
  constexpr std::array<std::uint64_t, 4> kBuckets = {3, 0, 4, 5};
  const auto family = histogram("name", "help", kBounds, kBuckets, 2500ms);
  ASSERT_EQ(family.metric.size(), 1U);
  const auto& shown = family.metric.front().histogram;
  constexpr std::array<double, 4> kUpperBounds = {0.0005, 0.001, 2, std::numeric_limits<double>::infinity()};
  constexpr std::array<std::uint64_t, 4> kCumulative = {3, 3, 7, 12};
  ASSERT_EQ(shown.bucket.size(), kBuckets.size());
  for (std::size_t i = 0; i < kBuckets.size(); ++i) {
    EXPECT_EQ(shown.bucket[i].upper_bound, kUpperBounds[i]);
    EXPECT_EQ(shown.bucket[i].cumulative_count, kCumulative[i]);
  }
  EXPECT_EQ(shown.sample_count, 12U);
  EXPECT_EQ(shown.sample_sum, 2.5);
}

}  // namespace
}  // namespace threadecho::admin
