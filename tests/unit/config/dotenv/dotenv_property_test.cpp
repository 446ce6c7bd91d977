// .env files of any content: what was written comes back, and what cannot be read is named by its line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "config/dotenv/dotenv.h"
#include "support/generated.h"
#include "support/load_settings.h"
#include "text/escape.h"
#include "text/utf8.h"

namespace threadecho::config {
namespace {

using test::Generated;
using test::LoadSettings;
using ::testing::MatchesRegex;

/// A value in the quotes that python-dotenv's own set_key writes, or in double quotes with escapes.
std::string quoted(const std::string& value, bool in_double_quotes) {
  std::string text;
  for (const char c : value) {
    if (in_double_quotes && c == '\n') {
      text += "\\n";
    } else if (c == '\\' || c == (in_double_quotes ? '"' : '\'')) {
      text += std::string{'\\', c};
    } else {
      text += c;
    }
  }
  const char quote = in_double_quotes ? '"' : '\'';
  return quote + text + quote;
}

TEST(DotenvProperties, AreValuesReadBackAsTheyAreQuoted) {
  Generated generated;
  for (int i = 0; i < 5000; ++i) {
    Environment written;
    std::string text;
    for (std::uint64_t left = generated.below(8); left > 0; --left) {
      const std::string name = std::string("A").append(std::to_string(generated.below(5)));
      // No $, which begins a reference; nothing ends in a backslash, which a closing quote would have for itself.
      const std::string value = generated.text("ab #='\"\n\\{}\t\xC3\xA9", 10).append("z");
      if (text::find_invalid_utf8(value) == std::string::npos) {
        text.append(generated.one_in(3) ? "export " : "").append(name).append("=");
        text.append(quoted(value, generated.one_in(2))).append("\n");
        written[name] = value;
      }
    }
    SCOPED_TRACE(text::in_quotes(text) + ", seed " + std::to_string(Generated::kSeed));
    const Dotenv file = parse_dotenv(text, {});
    EXPECT_TRUE(file.problems.empty());
    EXPECT_EQ(file.values.size(), written.size());
    for (const auto& [name, value] : written) {
      EXPECT_EQ(file.values.at(name).value, value);
    }
    ASSERT_FALSE(HasFailure());
  }
}

using DotenvFiles = LoadSettings;

TEST_F(DotenvFiles, NameTheLineOfWhatCannotBeRead) {
  static const std::vector<std::string> pieces{"PORT", "=",  "9000",    "\n",   "\r\n",         "'",
                                               "\"",   "\\", "#",       " ",    "\t",           "export ",
                                               "${",   "}",  "${PORT}", "\xFF", "\xEF\xBB\xBF", "x"};
  constexpr int kRounds = 1000;
  Generated generated;
  int bad = 0;
  for (int i = 0; i < kRounds; ++i) {
    std::string text;
    for (std::uint64_t left = generated.below(20); left > 0; --left) {
      text += generated.one_of(pieces);
    }
    SCOPED_TRACE(text::in_quotes(text) + ", seed " + std::to_string(Generated::kSeed));
    write(".env", text);
    const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    try {
      load(sources_);
    } catch (const SettingsError& error) {
      ++bad;
      for (const Problem& problem : error.problems()) {
        EXPECT_THAT(problem.origin, MatchesRegex("\\.env:[0-9]+"));
        const std::size_t line = std::stoul(problem.origin.substr(5));
        EXPECT_GE(line, 1U);
        EXPECT_LE(line, lines);
        EXPECT_FALSE(problem.reason.empty());
        EXPECT_EQ(to_string(problem).find('\n'), std::string::npos);
      }
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(bad, kRounds / 5);
  EXPECT_LT(bad, kRounds);
}

}  // namespace
}  // namespace threadecho::config
