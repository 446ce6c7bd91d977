#include "stats/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

namespace threadecho::test {
namespace {

using stats::LatencyBuckets;
using stats::LatencyHistogram;
using stats::SingleWriterLatencyHistogram;
using std::chrono::nanoseconds;

constexpr double kMostError = 0.01;

std::vector<nanoseconds> latencies(std::uint32_t seed, std::size_t count) {
  std::mt19937_64 engine(seed);
  std::lognormal_distribution<double> distribution(11, 2);  // from some 100 ns to some 100 ms, with a long tail
  std::vector<nanoseconds> values(count);
  std::ranges::generate(values, [&] { return nanoseconds(static_cast<std::int64_t>(distribution(engine))); });
  return values;
}

/// By the definition: the least value that `percent` of all do not exceed.
nanoseconds exact_percentile(std::vector<nanoseconds> values, double percent) {
  std::ranges::sort(values);
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

void expect_close(nanoseconds actual, nanoseconds expected) {
  EXPECT_LE(std::abs(static_cast<double>((actual - expected).count())),
            kMostError * static_cast<double>(expected.count()))
      << actual.count() << " instead of " << expected.count();
}

TEST(LatencyHistogram, PutsEachValueIntoABucketThatHoldsItAndIsNarrow) {
  for (nanoseconds value{0}; value <= LatencyBuckets::kLongest; value += nanoseconds(1) + value / 1000) {
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
    for (const nanoseconds value : values) {
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
    SingleWriterLatencyHistogram part;
    for (const nanoseconds value : latencies(seed, 5000)) {
      part.record(value);
      whole.record(value);
    }
    part.add_to(merged);
  }
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
  EXPECT_DOUBLE_EQ(merged.mean(), whole.mean());
  for (const double percent : {1.0, 50.0, 99.0, 99.9}) {
    EXPECT_EQ(merged.percentile(percent), whole.percentile(percent));
  }
}

TEST(LatencyHistogram, SubtractsToWhatCameSince) {
  LatencyHistogram histogram;
  histogram.record(nanoseconds(1'000'000));
  const LatencyHistogram earlier = histogram;
  histogram.record(nanoseconds(2000));
  histogram.record(nanoseconds(3000));
  histogram.subtract(earlier);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 2500);
  expect_close(histogram.percentile(99), nanoseconds(3000));
  EXPECT_EQ(histogram.count_between(nanoseconds(0), nanoseconds(2500)), 1U);
}

TEST(LatencyHistogram, KnowsNothingWhenEmptyAndCapsWhatIsTooLong) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.percentile(99), nanoseconds(0));
  EXPECT_EQ(histogram.min(), nanoseconds(0));
  EXPECT_EQ(histogram.max(), nanoseconds(0));
  histogram.record(nanoseconds::max());
  EXPECT_EQ(histogram.percentile(50), LatencyBuckets::kLongest);
}

TEST(LatencyHistogram, KnowsAPercentileOnlyWithASampleBeyondIt) {
  EXPECT_EQ(stats::samples_needed_for(10), 10U);
  EXPECT_EQ(stats::samples_needed_for(25), 4U);
  EXPECT_EQ(stats::samples_needed_for(50), 2U);
  EXPECT_EQ(stats::samples_needed_for(90), 10U);
  EXPECT_EQ(stats::samples_needed_for(99), 100U);
  EXPECT_EQ(stats::samples_needed_for(99.9), 1'000U);
  EXPECT_EQ(stats::samples_needed_for(99.99), 10'000U);
  LatencyHistogram histogram;
  for (int i = 0; i < 99; ++i) {
    histogram.record(nanoseconds(i));
  }
  EXPECT_FALSE(histogram.known_percentile(99));
  histogram.record(nanoseconds(99));
  EXPECT_EQ(histogram.known_percentile(99), nanoseconds(98));
  EXPECT_FALSE(LatencyHistogram().known_percentile(50));
}

TEST(LatencyHistogram, PartsAddUpToTheWhole) {
  const std::vector<nanoseconds> values = latencies(7, 30'000);
  LatencyHistogram whole;
  std::vector<LatencyHistogram> parts(3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    whole.record(values[i]);
    parts[i % parts.size()].record(values[i]);
  }
  LatencyHistogram sum;
  for (const LatencyHistogram& part : parts) {
    sum.add(part);
  }
  EXPECT_EQ(sum.totals().buckets, whole.totals().buckets);
  EXPECT_EQ(sum.totals().sum, whole.totals().sum);
  EXPECT_EQ(sum.min(), whole.min());
  EXPECT_EQ(sum.max(), whole.max());
  EXPECT_EQ(sum.percentile(99.9), whole.percentile(99.9));
}

}  // namespace
}  // namespace threadecho::test
