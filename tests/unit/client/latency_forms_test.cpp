#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>
#include <utility>

#include "client/latency_json.h"
#include "client/latency_text.h"

namespace threadecho::test {
namespace {

using client::Json;
using stats::LatencyHistogram;
using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// Latencies from 50 ns to some seconds, the same each time.
LatencyHistogram latencies(int count, nanoseconds first = nanoseconds(50)) {
  LatencyHistogram result;
  for (int i = 0; i < count; ++i) {
    result.record(first);
    first = first * 1003 / 1000 + nanoseconds(1);
  }
  return result;
}

LatencyHistogram read_back(const LatencyHistogram& written) {
  const auto read = client::latencies_of(Json::parse(client::text_of(client::json_of(written), -1)));
  EXPECT_TRUE(read.ok()) << read.reason();
  return read.value();
}

TEST(LatencyJson, ReadsBackTheSameHistogram) {
  const LatencyHistogram written = latencies(5000);
  const LatencyHistogram read = read_back(written);
  EXPECT_EQ(read.totals().buckets, written.totals().buckets);
  EXPECT_EQ(read.totals().sum, written.totals().sum);
  EXPECT_EQ(read.min(), written.min());
  EXPECT_EQ(read.max(), written.max());
  EXPECT_EQ(read_back(LatencyHistogram()).count(), 0U);
}

TEST(LatencyJson, KeepsEveryBucketApart) {
  using stats::LatencyBuckets;
  stats::HistogramTotals<LatencyBuckets> totals;
  for (std::size_t i = 0; i < LatencyBuckets::kCount; ++i) {
    totals.buckets.at(i) = i + 1;
  }
  const auto all = LatencyHistogram::of(totals, nanoseconds(0), LatencyBuckets::kLongest);
  const LatencyHistogram read = read_back(all);
  EXPECT_EQ(read.totals().buckets, totals.buckets);
  EXPECT_EQ(read.max(), LatencyBuckets::kLongest);
}

TEST(LatencyJson, HasAPercentileOnlyWithEnoughSamples) {
  const Json few = client::json_of(latencies(99));
  EXPECT_TRUE(few.at("p99_seconds").is_null());
  EXPECT_FALSE(few.at("p95_seconds").is_null());
  const Json more = client::json_of(latencies(999));
  EXPECT_FALSE(more.at("p99_seconds").is_null());
  EXPECT_TRUE(more.at("p99_9_seconds").is_null());
  EXPECT_FALSE(client::json_of(latencies(1000)).at("p99_9_seconds").is_null());
}

TEST(LatencyJson, RefusesWhatIsNoHistogram) {
  const auto reason = [](const char* json) { return client::latencies_of(Json::parse(json)).reason(); };
  EXPECT_THAT(reason("{}"), HasSubstr("not the latencies of a load"));
  EXPECT_THAT(reason(R"({"histogram": [["a", 1]]})"), HasSubstr("not the latencies of a load"));
  EXPECT_THAT(reason(R"({"histogram": [[1e9, 1]]})"), HasSubstr("begins at"));
  EXPECT_THAT(reason(R"({"histogram": [[-1, 1]]})"), HasSubstr("begins at"));
  EXPECT_THAT(reason(R"({"count": 3, "sum_seconds": 1, "histogram": [[0.5, 2]]})"), HasSubstr("not hold as many"));
}

TEST(LatencyJson, RefusesNumbersThatNoRunHas) {
  const auto reason_with = [](const char* member, Json value) {
    Json json = client::json_of(latencies(3));
    json[member] = std::move(value);
    return client::latencies_of(json).reason();
  };
  EXPECT_EQ(reason_with("max_seconds", 0.5), "");
  EXPECT_EQ(reason_with("max_seconds", 1e18), "max_seconds is 1e+18");
  EXPECT_EQ(reason_with("max_seconds", 1e-9), "min_seconds is 5e-08") << "more than the largest";
  EXPECT_EQ(reason_with("min_seconds", 1e300), "min_seconds is 1e+300");
  EXPECT_EQ(reason_with("min_seconds", -1.0), "min_seconds is -1.0");
  EXPECT_EQ(reason_with("sum_seconds", 1e300), "sum_seconds is 1e+300");
  EXPECT_EQ(reason_with("sum_seconds", -1e-9), "sum_seconds is -1e-09");
  EXPECT_THAT(reason_with("count", -1), HasSubstr("not hold as many"));
  EXPECT_THAT(reason_with("count", 3.5), HasSubstr("not hold as many"));
  EXPECT_EQ(reason_with("histogram", Json::array({Json::array({5e-8, -3})})), "the count of a bucket is -3");
  EXPECT_EQ(reason_with("histogram", Json::array({Json::array({5e-8, 1.5})})), "the count of a bucket is 1.5");
}

TEST(LatencyText, IsATableOfPercentilesThatHaveEnoughSamples) {
  const LatencyHistogram many = latencies(1000);
  const LatencyHistogram few = latencies(5);
  const LatencyHistogram none;
  const std::string table = client::latency_table({{"latency", many}, {"connect", few}, {"nothing", none}});
  EXPECT_EQ(table,
            "                  min       p50       p90       p99     p99.9       max\n"
            "latency         50 ns    814 ns   3.05 us   4.04 us   4.17 us   4.17 us\n"
            "connect         50 ns     52 ns         -         -         -     54 ns\n");
  EXPECT_EQ(client::latency_table({{"nothing", none}}), "");
}

TEST(LatencyText, HasARowForEachFigureWhereTheColumnsAreFew) {
  const LatencyHistogram many = latencies(1000);
  const LatencyHistogram few = latencies(5);
  const std::string table = client::latency_table({{"latency", many}, {"connect", few}}, 40);
  EXPECT_EQ(table,
            "              latency   connect\n"
            "min             50 ns     50 ns\n"
            "p50            814 ns     52 ns\n"
            "p90           3.05 us         -\n"
            "p99           4.04 us         -\n"
            "p99.9         4.17 us         -\n"
            "max           4.17 us     54 ns\n");
  EXPECT_EQ(client::latency_table({{"latency", many}}, 71), client::latency_table({{"latency", many}}, 80));
}

TEST(LatencyText, FitsTheWidthThatIsThere) {
  const LatencyHistogram many = latencies(5000);
  for (const std::size_t width : {40U, 46U, 47U, 60U, 80U, 120U}) {
    std::istringstream lines(client::latency_bars(many, width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
  EXPECT_THAT(client::latency_bars(many, 80), HasSubstr(" 100.000 %\n"));
  EXPECT_EQ(client::latency_bars({}, 80), "");
}

}  // namespace
}  // namespace threadecho::test
