#include "text/sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace threadecho::text {
namespace {

std::uint64_t parsed_size(std::string_view text) {
  const auto result = parse_size(text);
  EXPECT_TRUE(result.ok()) << text << ": " << result.reason();
  return result.ok() ? result.value() : 12345;
}

TEST(Sizes, ReadsBytesAndBinaryUnits) {
  EXPECT_EQ(parsed_size("0"), 0U);
  EXPECT_EQ(parsed_size("4096"), 4096U);
  EXPECT_EQ(parsed_size("64KiB"), 65536U);
  EXPECT_EQ(parsed_size("1MiB"), 1048576U);
  EXPECT_EQ(parsed_size("2GiB"), 2147483648U);
  EXPECT_EQ(parsed_size("0KiB"), 0U);
}

TEST(Sizes, ReadsEverySpellingOfAUnitAsAPowerOf1024) {
  for (const std::string_view text : {"64k", "64K", "64kb", "64KB", "64Kb", "64kib", "64KiB", "64KIB"}) {
    EXPECT_EQ(parsed_size(text), 65536U) << text;
  }
  EXPECT_EQ(parsed_size("3M"), 3U << 20U);
  EXPECT_EQ(parsed_size("3mb"), 3U << 20U);
  EXPECT_EQ(parsed_size("1g"), 1U << 30U);
  EXPECT_EQ(parsed_size("1GB"), 1U << 30U);
}

TEST(Sizes, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "k", "KiB", "1.5MiB", "-1", "+1", " 1", "1 ", "1 KiB", "64KiB64", "0x10",
                                      "1B", "1ib", "64KBi", "64P", "64KK", "64K\n"}) {
    const auto result = parse_size(text);
    EXPECT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.reason(), ::testing::HasSubstr("64KiB")) << text;
  }
}

TEST(Sizes, RefusesWhatDoesNotFit64Bits) {
  EXPECT_EQ(parsed_size("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parsed_size("17179869183GiB"), 17179869183ULL << 30U);
  for (const std::string_view text : {"18446744073709551616", "17179869184GiB", "99999999999999999999KiB"}) {
    const auto result = parse_size(text);
    EXPECT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.reason(), ::testing::HasSubstr("too large")) << text;
  }
}

TEST(Sizes, PrintsTheBiggestUnitThatFits) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1000), "1000");
  EXPECT_EQ(format_size(65536), "64KiB");
  EXPECT_EQ(format_size(1536UL * 1024), "1536KiB");
  EXPECT_EQ(format_size(1ULL << 30U), "1GiB");
  EXPECT_EQ(format_size(1ULL << 40U), "1TiB");
}

TEST(Sizes, ReadsBackWhatItPrints) {
  for (std::uint64_t bytes = 1; bytes < UINT64_MAX / 8; bytes = bytes * 4 + bytes % 3 * 1024) {
    EXPECT_EQ(parsed_size(format_size(bytes)), bytes);
  }
}

}  // namespace
}  // namespace threadecho::text
