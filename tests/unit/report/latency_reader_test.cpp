#include "report/latency_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "client/latency_json.h"
#include "support/latencies.h"

namespace threadecho::report {
namespace {

using client::Json;
using stats::LatencyHistogram;
using std::chrono::nanoseconds;
using test::latencies;
using ::testing::HasSubstr;

LatencyHistogram read_back(const LatencyHistogram& written) {
  const auto read = latencies_of(Json::parse(client::text_of(client::json_of(written), -1)));
  EXPECT_TRUE(read.ok()) << read.reason();
  return read.value();
}

TEST(LatencyReader, ReadsBackTheSameHistogram) {
  const LatencyHistogram written = latencies(5000);
  const LatencyHistogram read = read_back(written);
  EXPECT_EQ(read.totals().buckets, written.totals().buckets);
  EXPECT_EQ(read.totals().sum, written.totals().sum);
  EXPECT_EQ(read.min(), written.min());
  EXPECT_EQ(read.max(), written.max());
  EXPECT_EQ(read_back(LatencyHistogram()).count(), 0U);
}

TEST(LatencyReader, KeepsEveryBucketApart) {
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

TEST(LatencyReader, RefusesWhatIsNoHistogram) {
  const auto reason = [](const char* json) { return latencies_of(Json::parse(json)).reason(); };
  EXPECT_THAT(reason("{}"), HasSubstr("not the latencies of a load"));
  EXPECT_THAT(reason(R"({"histogram": [["a", 1]]})"), HasSubstr("not the latencies of a load"));
  EXPECT_THAT(reason(R"({"histogram": [[1e9, 1]]})"), HasSubstr("begins at"));
  EXPECT_THAT(reason(R"({"histogram": [[-1, 1]]})"), HasSubstr("begins at"));
  EXPECT_THAT(reason(R"({"count": 3, "sum_seconds": 1, "histogram": [[0.5, 2]]})"), HasSubstr("not hold as many"));
}

TEST(LatencyReader, RefusesNumbersThatNoRunHas) {
  const auto reason_with = [](const char* member, Json value) {
    Json json = client::json_of(latencies(3));
    json[member] = std::move(value);
    return latencies_of(json).reason();
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

}  // namespace
}  // namespace threadecho::report
