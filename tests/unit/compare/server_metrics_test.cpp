#include "compare/server_metrics.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace threadecho::test {
namespace {

using compare::sum_of;

constexpr const char* kMetrics = R"(# HELP switches_total Context switches, by kind.
# TYPE switches_total counter
switches_total{kind="voluntary"} 40
switches_total{kind="involuntary"} 2
switches_total_of_others 1000
# TYPE bytes gauge
bytes 1.5e+06
strange NaN
endless +Inf
broken 12 apples
cut{kind="volun
without_value
last 7)";

TEST(ServerMetrics, AreTheSumOfAllSeriesOfAMetric) {
  EXPECT_EQ(sum_of(kMetrics, "switches_total"), 42);
  EXPECT_EQ(sum_of(kMetrics, "bytes"), 1.5e6);
  EXPECT_EQ(sum_of(kMetrics, "last"), 7) << "the last line has no end";
}

TEST(ServerMetrics, AreMissingWithoutANumber) {
  for (const char* name :
       {"switches", "switches_tot", "absent", "strange", "endless", "broken", "cut", "without_value", "HELP"}) {
    EXPECT_EQ(sum_of(kMetrics, name), std::nullopt) << name;
  }
  EXPECT_EQ(sum_of("", "bytes"), std::nullopt);
}

TEST(ServerMetrics, KnowTheNamesOfTheServersMetrics) {
  const auto metrics = compare::parse_server_metrics(
      "threadecho_connections_active 64\n"
      "threadecho_connections_waiting 62\n"
      "threadecho_echoed_bytes_total 6400\n"
      "threadecho_context_switches_total{kind=\"voluntary\"} 90\n"
      "threadecho_context_switches_total{kind=\"involuntary\"} 10\n"
      "process_cpu_seconds_total 0.25\n"
      "process_threads 6\n");
  EXPECT_EQ(metrics.connections_active, 64);
  EXPECT_EQ(metrics.connections_waiting, 62);
  EXPECT_EQ(metrics.echoed_bytes, 6400);
  EXPECT_EQ(metrics.context_switches, 100);
  EXPECT_EQ(metrics.cpu_seconds, 0.25);
  EXPECT_EQ(metrics.threads, 6);
  EXPECT_EQ(metrics.resident_bytes, std::nullopt);
}

}  // namespace
}  // namespace threadecho::test
