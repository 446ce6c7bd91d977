// Settings from anything that a user may have written: they are accepted, or refused with the documented error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "config/settings_table.h"
#include "support/generated.h"
#include "support/load_settings.h"
#include "text/escape.h"
#include "text/utf8.h"

namespace threadecho::config {
namespace {

using test::Generated;
using test::LoadSettings;
using ::testing::HasSubstr;

class SettingsProperties : public LoadSettings {
 protected:
#ifdef THREADECHO_SANITIZED  // a sanitizer makes a round cost twenty times as much, and has the fuzzers beside
  static constexpr int kRoundsEach = 100;
#else
  static constexpr int kRoundsEach = 1000;
#endif

  /// What people write, by mistake or on purpose: never empty, which would count as unset, and without NUL, which no
  /// environment can hold.
  std::string value_for(const SettingRow& row) {
    static const std::vector<std::string> edges{"0",
                                                "-0",
                                                "00",
                                                "1",
                                                "-1",
                                                "+1",
                                                "65535",
                                                "65536",
                                                "65535.0",
                                                "4194304",
                                                "4194305",
                                                "2147483647",
                                                "2147483648",
                                                "4294967295",
                                                "4294967296",
                                                "18446744073709551615",
                                                "18446744073709551616",
                                                "99999999999999999999999",
                                                "0x10",
                                                "1e3",
                                                "1_000",
                                                "\xD9\xA1",
                                                " 9000",
                                                "9000 ",
                                                "9000\n",
                                                "0s",
                                                "1ms",
                                                "365d",
                                                "365d1ms",
                                                "24d",
                                                "99ms",
                                                "1500ms",
                                                "9h",
                                                "9h1s",
                                                "64KiB",
                                                "1GiB",
                                                "1025MiB",
                                                "4095",
                                                "4KiB",
                                                "::",
                                                "::1",
                                                "127.0.0.1",
                                                "[::1]",
                                                "localhost",
                                                "0.0.0.0:80",
                                                "fe80::1%lo",
                                                "reno",
                                                "cubic",
                                                "bbr",
                                                "POOL",
                                                "pool ",
                                                "JSON",
                                                "tcp://10.0.0.1:80",
                                                "true",
                                                "\xFF\xFE",
                                                "\"",
                                                "'",
                                                "\r",
                                                "\x1b[31m",
                                                "${PORT}",
                                                "/",
                                                ".",
                                                "/nowhere/at/all"};
    const std::string usual = row.default_text.empty() ? "1" : std::string(row.default_text);
    std::string value;
    while (value.empty()) {
      switch (generated_.below(4)) {
        case 0:
          value = generated_.one_of(edges);
          break;
        case 1:
          value = std::to_string(generated_.of_any_size());
          break;
        case 2:
          value = generated_.mutated(usual, "0159smhKiB:. -+/\xC3\xA9\n");
          break;
        default:
          value = generated_.text("0123456789abcdefsmhKMGiB:.%-+_ \t\n\x01\x7F\xFF\"'\\$", 12);
      }
    }
    return value;
  }

  /// Loads what `sources_` holds. Says whether it did; whatever else comes out is a failure, but for SettingsError,
  /// whose every problem must be whole.
  bool loads() {
    try {
      const Configuration configuration = load(sources_);
      expect_printed_values_to_be_read_back(configuration);
      return true;
    } catch (const SettingsError& error) {
      EXPECT_FALSE(error.problems().empty());
      for (const Problem& problem : error.problems()) {
        expect_whole(problem);
      }
    }
    return false;
  }

  static void expect_whole(const Problem& problem) {
    const std::string text = to_string(problem);
    EXPECT_NE(find_setting(problem.name), nullptr) << text;
    EXPECT_FALSE(problem.origin.empty()) << text;
    EXPECT_FALSE(problem.reason.empty()) << text;
    EXPECT_FALSE(problem.allowed.empty()) << text;
    EXPECT_THAT(text, HasSubstr(problem.name + "=" + text::in_quotes(problem.value)));
    EXPECT_THAT(text, HasSubstr("; allowed: " + problem.allowed));
    EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }))
        << "one line, whatever the value holds: " << text;
    EXPECT_EQ(text::find_invalid_utf8(text), std::string::npos) << text;
  }

  static void expect_printed_values_to_be_read_back(const Configuration& configuration) {
    for (const SettingRow& row : settings_table()) {
      const std::string printed = row.kind.show(configuration.settings);
      Settings again;
      if (!printed.empty()) {  // else the system decides
        EXPECT_EQ(row.kind.parse(printed, again), std::nullopt) << row.name << "=" << printed;
        EXPECT_EQ(row.kind.show(again), printed) << row.name;
      }
    }
  }

  Generated generated_;
};

TEST_F(SettingsProperties, AreRightOrNamedWithValueAndWhatIsAllowed) {
  int good = 0;
  int bad = 0;
  for (const SettingRow& row : settings_table()) {
    for (int i = 0; i < kRoundsEach; ++i) {
      const std::string value = value_for(row);
      SCOPED_TRACE(std::string(row.name) + "=" + text::in_quotes(value) + ", seed " + std::to_string(Generated::kSeed));
      sources_.environment = {{std::string(row.name), value}};
      ++(loads() ? good : bad);
      if (!problems().empty()) {
        const std::string problem = only_problem();
        EXPECT_THAT(problem, HasSubstr(row.name));
        EXPECT_THAT(problem, HasSubstr(text::in_quotes(value)));
      }
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(good, kRoundsEach) << "of what is generated, some must be right";
  EXPECT_GT(bad, kRoundsEach);
}

TEST_F(SettingsProperties, AreAllReportedInOneGo) {
  for (int i = 0; i < kRoundsEach; ++i) {
    sources_.environment.clear();
    std::size_t wrong = 0;
    for (const SettingRow& row : settings_table()) {
      if (row.name == "ENV_FILE" || !generated_.one_in(2)) {
        continue;
      }
      const std::string value = value_for(row);
      sources_.environment[std::string(row.name)] = value;
      Settings alone;
      wrong += row.kind.parse(value, alone) ? 1U : 0U;
    }
    SCOPED_TRACE("round " + std::to_string(i) + ", seed " + std::to_string(Generated::kSeed));
    EXPECT_EQ(loads(), problems().empty());
    EXPECT_GE(problems().size(), wrong) << "settings that are right alone may still not go together";
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(SettingsProperties, OfPortsAreTheWholeNumbersUpTo65535) {
  const std::regex number("[0-9]+");
  for (int i = 0; i < kRoundsEach * 5; ++i) {
    const std::string text = generated_.one_in(2) ? std::to_string(generated_.below(70'000))
                                                  : generated_.mutated("65535", "0123456789 -+.x");
    Settings settings;
    const auto reason = find_setting("PORT")->kind.parse(text, settings);
    SCOPED_TRACE(text::in_quotes(text) + ", seed " + std::to_string(Generated::kSeed));
    const bool is_number = std::regex_match(text, number);
    if (is_number && std::stoull(text) <= 65535) {
      EXPECT_EQ(reason, std::nullopt);
      EXPECT_EQ(settings.port, std::stoull(text));
    } else {
      EXPECT_EQ(reason, is_number ? "out of range" : "not a whole number");
      EXPECT_EQ(settings.port, Settings{}.port) << "as it was";
    }
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace threadecho::config
