#include "text/timestamps.h"

#include <gtest/gtest.h>

#include <string>

namespace threadecho::test {
namespace {

std::string read_and_shown(std::string_view given) {
  const auto time = text::parse_timestamp(given);
  return time.ok() ? text::format_timestamp(time.value()) : time.reason();
}

TEST(Timestamps, ReadAndShowTheSameMoment) {
  EXPECT_EQ(text::format_timestamp(text::WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(read_and_shown("2026-11-27T14:30:05Z"), "2026-11-27T14:30:05.000Z");
  EXPECT_EQ(read_and_shown("2026-11-27t14:30:05.1239z"), "2026-11-27T14:30:05.123Z");
  EXPECT_EQ(read_and_shown("2026-11-27 14:30:05.000999999+00:00"), "2026-11-27T14:30:05.000Z");
  EXPECT_EQ(read_and_shown("2026-12-31T23:30:00-01:30"), "2027-01-01T01:00:00.000Z");
  EXPECT_EQ(read_and_shown("2024-02-29T00:00:00+01:00"), "2024-02-28T23:00:00.000Z");
  EXPECT_EQ(read_and_shown("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
}

TEST(Timestamps, RefuseWhatRfc3339DoesNotHave) {
  for (const char* given :
       {"", "now", "2026-11-27", "14:30:05", "2026-11-27T14:30Z", "2026-11-27T14:30:05", "2026-11-27T14:30:05.Z",
        "2026-11-27T14:30:05.1234567890Z", "2026-13-27T14:30:05Z", "2026-02-29T14:30:05Z", "2026-11-27T24:30:05Z",
        "2026-11-27T14:60:05Z", "2026-11-27T14:30:61Z", "2026-11-27T14:30:05+1:00", "2026-11-27T14:30:05+24:00",
        "2026-11-27T14:30:05Z ", "+026-11-27T14:30:05Z", "1795789805"}) {
    EXPECT_FALSE(text::parse_timestamp(given).ok()) << given;
  }
  EXPECT_EQ(read_and_shown("1969-12-31T23:59:59Z"), "out of range; allowed: years 1970 to 2261");
}

}  // namespace
}  // namespace threadecho::test
