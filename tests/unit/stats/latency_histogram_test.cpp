#include "stats/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace threadecho::test {
namespace {

using stats::LatencyBuckets;
using stats::LatencyHistogram;
using stats::LiveHistogram;

constexpr double kMostError = 0.01;

std::vector<std::uint64_t> latencies(std::uint32_t seed, std::size_t count) {
  std::mt19937_64 engine(seed);
  std::lognormal_distribution<double> distribution(11, 2);  // from some 100 ns to some 100 ms, with a long tail
  std::vector<std::uint64_t> values(count);
  std::ranges::generate(values, [&] { return static_cast<std::uint64_t>(distribution(engine)); });
  return values;
}

/// By the definition: the least value that so many per cent do not exceed.
std::uint64_t exact_percentile(std::vector<std::uint64_t> values, double percent) {
  std::ranges::sort(values);
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

void expect_close(std::uint64_t actual, std::uint64_t expected) {
  EXPECT_LE(std::abs(static_cast<double>(actual) - static_cast<double>(expected)),
            kMostError * static_cast<double>(expected))
      << actual << " instead of " << expected;
}

TEST(LatencyHistogram, PutsEachValueIntoABucketThatHoldsItAndIsNarrow) {
  for (std::uint64_t value = 0; value <= LatencyBuckets::kLongest; value += 1 + value / 1000) {
    const std::size_t index = LatencyBuckets::index_of(value);
    ASSERT_LT(index, LatencyBuckets::kCount);
    ASSERT_LE(LatencyBuckets::lowest_in(index), value);
    ASSERT_GT(LatencyBuckets::lowest_in(index + 1), value);
    expect_close(LatencyBuckets::middle_of(index), value);
  }
  EXPECT_EQ(LatencyBuckets::index_of(LatencyBuckets::kLongest), LatencyBuckets::kCount - 1);
}

TEST(LatencyHistogram, AgreesWithExactPercentilesWithinOnePercent) {
  for (const std::size_t count : {1U, 2U, 3U, 100U, 50'000U}) {
    const auto values = latencies(7, count);
    LatencyHistogram histogram;
    for (const std::uint64_t value : values) {
      histogram.record(value);
    }
    for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
      expect_close(histogram.percentile(percent), exact_percentile(values, percent));
    }
    EXPECT_EQ(histogram.count(), count);
    EXPECT_EQ(histogram.min(), *std::ranges::min_element(values));
    EXPECT_EQ(histogram.max(), *std::ranges::max_element(values));
  }
}

TEST(LatencyHistogram, MergesToWhatOneWouldHaveRecorded) {
  LatencyHistogram merged;
  LatencyHistogram whole;
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    LiveHistogram part;
    for (const std::uint64_t value : latencies(seed, 5000)) {
      part.record(value);
      whole.record(value);
    }
    part.add_to(merged);
  }
  LatencyHistogram copied;
  copied.merge(merged);
  for (const LatencyHistogram& histogram : {merged, copied}) {
    EXPECT_EQ(histogram.count(), whole.count());
    EXPECT_EQ(histogram.min(), whole.min());
    EXPECT_EQ(histogram.max(), whole.max());
    EXPECT_DOUBLE_EQ(histogram.mean(), whole.mean());
    for (const double percent : {1.0, 50.0, 99.0, 99.9}) {
      EXPECT_EQ(histogram.percentile(percent), whole.percentile(percent));
    }
  }
}

TEST(LatencyHistogram, SubtractsToWhatCameSince) {
  LatencyHistogram histogram;
  histogram.record(1'000'000);
  const LatencyHistogram earlier = histogram;
  histogram.record(2000);
  histogram.record(3000);
  histogram.subtract(earlier);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 2500);
  expect_close(histogram.percentile(99), 3000);
  EXPECT_EQ(histogram.count_between(0, 2500), 1U);
}

TEST(LatencyHistogram, KnowsNothingWhenEmptyAndCapsWhatIsTooLong) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.percentile(99), 0U);
  EXPECT_EQ(histogram.min(), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.percentile(50), LatencyBuckets::kLongest);
}

}  // namespace
}  // namespace threadecho::test
