#include "text/numbers.h"

#include <gtest/gtest.h>

namespace threadecho::test {
namespace {

using std::chrono::nanoseconds;

TEST(Numbers, ShowARateAboveZeroWithDigitsThatCount) {
  EXPECT_EQ(text::format_rate(0), "0");
  EXPECT_EQ(text::format_rate(0.00333), "0.0033");
  EXPECT_EQ(text::format_rate(0.5), "0.50");
  EXPECT_EQ(text::format_rate(1), "1.0");
  EXPECT_EQ(text::format_rate(9.96), "10.0");
  EXPECT_EQ(text::format_rate(12.34), "12.3");
  EXPECT_EQ(text::format_rate(99.96), "100");
  EXPECT_EQ(text::format_rate(1234.4), "1,234");
  EXPECT_EQ(text::format_bytes(0), "0 B");
  EXPECT_EQ(text::format_bytes(0.064), "0.064 B");
  EXPECT_EQ(text::format_bytes(9.96), "10 B");
  EXPECT_EQ(text::format_bytes(512), "512 B");
  EXPECT_EQ(text::format_bytes(12'345'678), "12.3 MB");
}

TEST(Numbers, ShowLatenciesWithThreeDigitsThatCount) {
  EXPECT_EQ(text::format_latency(nanoseconds(870)), "870 ns");
  EXPECT_EQ(text::format_latency(nanoseconds(12'345)), "12.3 us");
  EXPECT_EQ(text::format_latency(nanoseconds(1'049'999)), "1.05 ms");
  EXPECT_EQ(text::format_latency(nanoseconds(2'000'000'000)), "2.00 s");
}

TEST(Numbers, ShowCountsWithCommas) {
  EXPECT_EQ(text::count_of(1, "message"), "1 message");
  EXPECT_EQ(text::count_of(1'234'567, "message"), "1,234,567 messages");
}

}  // namespace
}  // namespace threadecho::test
