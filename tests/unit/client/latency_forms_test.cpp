#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "client/latency_json.h"
#include "client/latency_text.h"
#include "support/latencies.h"

namespace threadecho::test {
namespace {

using client::Json;
using stats::LatencyHistogram;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(LatencyJson, HasAPercentileOnlyWithEnoughSamples) {
  const Json few = client::json_of(latencies(99));
  EXPECT_TRUE(few.at("p99_seconds").is_null());
  EXPECT_FALSE(few.at("p95_seconds").is_null());
  const Json more = client::json_of(latencies(999));
  EXPECT_FALSE(more.at("p99_seconds").is_null());
  EXPECT_TRUE(more.at("p99_9_seconds").is_null());
  EXPECT_FALSE(client::json_of(latencies(1000)).at("p99_9_seconds").is_null());
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
