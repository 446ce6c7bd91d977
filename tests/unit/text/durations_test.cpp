#include "text/durations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>

namespace threadecho::text {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

milliseconds parsed(std::string_view text) {
  const auto result = parse_duration(text);
  EXPECT_TRUE(result.ok()) << text << ": " << result.reason();
  return result.ok() ? result.value() : milliseconds{-1};
}

TEST(Durations, ReadsEveryUnit) {
  EXPECT_EQ(parsed("250ms"), milliseconds{250});
  EXPECT_EQ(parsed("30s"), seconds{30});
  EXPECT_EQ(parsed("5m"), minutes{5});
  EXPECT_EQ(parsed("2h"), hours{2});
  EXPECT_EQ(parsed("3d"), hours{72});
  EXPECT_EQ(parsed("1w"), hours{7 * 24});
  EXPECT_EQ(parsed("1y"), hours{365 * 24});
}

TEST(Durations, AddsUnitsThatGoFromBigToSmall) {
  EXPECT_EQ(parsed("1h30m"), minutes{90});
  EXPECT_EQ(parsed("1y2w3d4h5m6s7ms"), hours{24 * (365 + 14 + 3) + 4} + minutes{5} + seconds{6} + milliseconds{7});
  EXPECT_EQ(parsed("90m"), minutes{90});
  EXPECT_EQ(parsed("1m1ms"), milliseconds{60'001});
}

TEST(Durations, TakesZeroWithOrWithoutAUnit) {
  EXPECT_EQ(parsed("0"), milliseconds{0});
  EXPECT_EQ(parsed("0s"), milliseconds{0});
  EXPECT_EQ(parsed("0y0ms"), milliseconds{0});
  EXPECT_EQ(parsed("007s"), seconds{7});
}

TEST(Durations, TakesMinForMinutes) {
  EXPECT_EQ(parsed("5min"), minutes{5});
  EXPECT_EQ(parsed("1h30min5s"), minutes{90} + seconds{5});
  EXPECT_EQ(format_duration(parsed("5min")), "5m");
  for (const std::string_view text : {"5MIN", "5Min", "5mi", "1m1min", "1min1m"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(Durations, RefusesWhatPrometheusRefuses) {
  for (const std::string_view text :
       {"",     "5",    "00",    "-5s", "+5s",   "1.5s", "5S",   "1 h",  " 5s",       "5s ", "s",
        "1m1h", "1s1s", "1ms1s", "5us", "5mins", "1h30", "5s\n", "1e3s", "\xC2\xB5s", "h1",  "1ss"}) {
    const auto result = parse_duration(text);
    EXPECT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.reason(), ::testing::HasSubstr("30s")) << text;
  }
}

TEST(Durations, StopsAtPrometheusLimit) {
  EXPECT_EQ(parsed("9223372036854ms"), milliseconds{9'223'372'036'854});
  EXPECT_EQ(parsed("292y"), hours{24 * 365 * 292});
  for (const std::string_view text :
       {"9223372036855ms", "293y", "292y52w", "9223372036s855ms", "99999999999999999999y", "18446744073709551616ms"}) {
    const auto result = parse_duration(text);
    EXPECT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.reason(), ::testing::HasSubstr("too long")) << text;
  }
}

TEST(Durations, AreNotCalledTooLongWhenTheyAreNone) {
  for (const std::string_view text : {"559y00", "9999y5", "99999999999999999999", "293y1x", "293y1y"}) {
    EXPECT_THAT(parse_duration(text).reason(), ::testing::StartsWith("not a duration")) << text;
  }
}

TEST(Durations, PrintsAsPrometheusDoes) {
  const std::array<std::pair<milliseconds, std::string_view>, 11> cases{{
      {milliseconds{0}, "0s"},
      {milliseconds{250}, "250ms"},
      {seconds{30}, "30s"},
      {seconds{90}, "1m30s"},
      {minutes{60}, "1h"},
      {hours{24}, "1d"},
      {hours{24 * 7}, "1w"},
      {hours{24 * 8}, "8d"},
      {hours{24 * 90}, "90d"},
      {hours{24 * 365}, "1y"},
      {hours{24 * 365} + milliseconds{1}, "365d1ms"},
  }};
  for (const auto& [duration, text] : cases) {
    EXPECT_EQ(format_duration(duration), text);
  }
}

TEST(Durations, ReadsBackWhatItPrints) {
  for (std::int64_t count = 1; count < 9'223'372'036'854; count = count * 7 + 13) {
    EXPECT_EQ(parsed(format_duration(milliseconds{count})), milliseconds{count});
  }
}

}  // namespace
}  // namespace threadecho::text
