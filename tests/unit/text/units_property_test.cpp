// Compares the parsers of durations and sizes with a second implementation: a regular expression and wider numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "support/generated.h"
#include "text/durations.h"
#include "text/sizes.h"

namespace threadecho::text {
namespace {

using std::chrono::milliseconds;
using test::Generated;
using ::testing::StartsWith;
__extension__ using Wide = __int128;

constexpr int kRounds = 20'000;
constexpr std::int64_t kLongest = INT64_MAX / 1'000'000;  // milliseconds in what Prometheus can hold, nanoseconds
constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kDurationUnits{{{"y", 31'536'000'000},
                                                                                   {"w", 604'800'000},
                                                                                   {"d", 86'400'000},
                                                                                   {"h", 3'600'000},
                                                                                   {"m", 60'000},
                                                                                   {"s", 1'000},
                                                                                   {"ms", 1}}};
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> kSizeUnits{
    {{"", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}, {"TiB", 1ULL << 40U}}};

std::string trace(const std::string& text) {
  return "seed " + std::to_string(Generated::kSeed) + ", input " + ::testing::PrintToString(text);
}

/// The text gives this many milliseconds, or is refused as too long.
void expect_duration(const std::string& text, Wide total) {
  const auto result = text::parse_duration(text);
  if (total > kLongest) {
    EXPECT_FALSE(result.ok());
    EXPECT_THAT(result.reason(), StartsWith("too long for a duration (at most 292 years)"));
  } else {
    ASSERT_TRUE(result.ok()) << result.reason();
    EXPECT_EQ(result.value().count(), static_cast<std::int64_t>(total));
  }
}

/// The text gives this many bytes, or is refused as too large.
void expect_size(const std::string& text, Wide bytes) {
  const auto result = text::parse_size(text);
  if (bytes > Wide{UINT64_MAX}) {
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.reason(), "too large for a size");
  } else {
    ASSERT_TRUE(result.ok()) << result.reason();
    EXPECT_EQ(result.value(), static_cast<std::uint64_t>(bytes));
  }
}

TEST(DurationProperties, AreReadBackAsTheyArePrinted) {
  Generated generated;
  for (int i = 0; i < kRounds; ++i) {
    const auto count = static_cast<std::int64_t>(generated.of_any_size() % (std::uint64_t{kLongest} + 1));
    const std::string text = text::format_duration(milliseconds{count});
    SCOPED_TRACE(trace(text));
    expect_duration(text, count);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(DurationProperties, AreTheSumOfTheirParts) {
  Generated generated;
  for (int i = 0; i < kRounds; ++i) {
    std::string text;
    Wide total = 0;
    for (const auto& [unit, length] : kDurationUnits) {
      if (generated.one_in(2)) {
        const std::uint64_t count = generated.of_any_size() >> 1U;
        text += std::to_string(count) + std::string(unit);
        total += Wide{count} * length;
      }
    }
    SCOPED_TRACE(trace(text));
    if (!text.empty()) {
      expect_duration(text, total);
    }
    ASSERT_FALSE(HasFailure());
  }
}

TEST(DurationProperties, EndWhereTheLongestDoes) {
  for (const auto& [unit, length] : kDurationUnits) {
    const std::int64_t most = kLongest / length;
    for (const std::int64_t count : {most - 1, most, most + 1, INT64_MAX - 1, INT64_MAX}) {
      const std::string text = std::to_string(count) + std::string(unit);
      SCOPED_TRACE(trace(text));
      expect_duration(text, Wide{count} * length);
    }
    const std::string rest = std::to_string(most) + std::string(unit);
    if (length > 1) {
      SCOPED_TRACE(trace(rest));
      expect_duration(rest + std::to_string(kLongest - most * length) + "ms", kLongest);
      expect_duration(rest + std::to_string(kLongest - most * length + 1) + "ms", Wide{kLongest} + 1);
    }
  }
}

TEST(DurationProperties, AreOfOneFormOnly) {
  const std::regex form("0|(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m(in)?)?([0-9]+s)?([0-9]+ms)?");
  Generated generated;
  int good = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string valid = text::format_duration(milliseconds{generated.of_any_size() >> 24U});
    const std::string text =
        generated.one_in(2) ? generated.mutated(valid, "0159ywdhmsin .-+eE\xFF\n") : generated.text("0159ywdhms", 8);
    SCOPED_TRACE(trace(text));
    const auto result = text::parse_duration(text);
    if (!std::regex_match(text, form)) {
      EXPECT_FALSE(result.ok());
      EXPECT_THAT(result.reason(), StartsWith("not a duration (whole numbers with units y w d h m s ms"));
    } else if (result.ok()) {
      ++good;
    } else {
      EXPECT_THAT(result.reason(), StartsWith("too long"));
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(good, kRounds / 20) << "of what is generated, some must be right";
  EXPECT_LT(good, kRounds / 2);
}

TEST(SizeProperties, AreReadBackAsTheyArePrinted) {
  Generated generated;
  for (int i = 0; i < kRounds; ++i) {
    const std::uint64_t bytes = generated.of_any_size() << generated.below(64);
    const std::string text = text::format_size(bytes);
    SCOPED_TRACE(trace(text));
    expect_size(text, bytes);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(SizeProperties, AreTheirNumberTimesTheirUnit) {
  Generated generated;
  for (int i = 0; i < kRounds; ++i) {
    const auto& [unit, length] = kSizeUnits.at(generated.below(kSizeUnits.size()));
    const std::uint64_t count = generated.of_any_size();
    const std::string text = std::to_string(count) + std::string(unit);
    SCOPED_TRACE(trace(text));
    expect_size(text, Wide{count} * length);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(SizeProperties, EndWhere64BitsDo) {
  for (const auto& [unit, length] : kSizeUnits) {
    const Wide most = Wide{UINT64_MAX} / length;
    for (const Wide count : {most - 1, most, most + 1, most * 2, Wide{UINT64_MAX} - 1, Wide{UINT64_MAX}}) {
      if (count <= Wide{UINT64_MAX}) {
        const std::string text = std::to_string(static_cast<std::uint64_t>(count)) + std::string(unit);
        SCOPED_TRACE(trace(text));
        expect_size(text, count * length);
      }
    }
  }
}

TEST(SizeProperties, AreOfOneFormOnly) {
  const std::regex form("[0-9]+([kKmMgGtT]([iI]?[bB])?)?");
  Generated generated;
  int good = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string text =
        generated.one_in(2) ? generated.mutated(text::format_size(generated.of_any_size()), "0159KMGiBkb .-+x\xFF\n")
                            : generated.text("0159KMGiB", 6);
    SCOPED_TRACE(trace(text));
    const auto result = text::parse_size(text);
    if (!std::regex_match(text, form)) {
      EXPECT_FALSE(result.ok());
      EXPECT_THAT(result.reason(), StartsWith("not a size (whole bytes, or with k, M, G or T"));
    } else if (result.ok()) {
      ++good;
    } else {
      EXPECT_EQ(result.reason(), "too large for a size");
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(good, kRounds / 20);
  EXPECT_LT(good, kRounds / 2);
}

}  // namespace
}  // namespace threadecho::text
