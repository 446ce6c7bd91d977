#include "config/dotenv/dotenv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/escape.h"
#include "text/utf8.h"

namespace threadecho::config {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kAbsent = "(absent)";
constexpr std::string_view kNoValue = "(no value)";

// The value of `name` in a file without problems.
std::string value_of(std::string_view name, std::string_view text, const Environment& environment = {}) {
  const Dotenv file = parse_dotenv(text, environment);
  for (const auto& problem : file.problems) {
    ADD_FAILURE() << problem.line << ": " << problem.reason;
  }
  const auto found = file.values.find(name);
  return found == file.values.end() ? std::string(kAbsent) : found->second.value.value_or(std::string(kNoValue));
}

// Lines of the problems.
std::vector<std::size_t> problem_lines(std::string_view text) {
  std::vector<std::size_t> lines;
  for (const auto& problem : parse_dotenv(text, {}).problems) {
    lines.push_back(problem.line);
  }
  return lines;
}

TEST(Dotenv, ReadsNamesAndValues) {
  EXPECT_EQ(value_of("A", "A=1"), "1");
  EXPECT_EQ(value_of("A", "\n\n  A = 1  \n"), "1");
  EXPECT_EQ(value_of("B", "A=1\nB=x=y\n"), "x=y");
  EXPECT_EQ(value_of("A", "A="), "");
  EXPECT_EQ(value_of("a.b-c", "a.b-c=1"), "1");
  EXPECT_EQ(value_of("A", ""), kAbsent);
}

TEST(Dotenv, ReadsExportAndQuotedNames) {
  EXPECT_EQ(value_of("A", "export A=1"), "1");
  EXPECT_EQ(value_of("A", "export \t A=1"), "1");
  EXPECT_EQ(value_of("exportA", "exportA=1"), "1");
  EXPECT_EQ(value_of("export", "export=1"), "1");
  EXPECT_EQ(value_of("a b", "'a b'=1"), "1");
  EXPECT_EQ(value_of("\"A\"", "\"A\"=1"), "1");
}

TEST(Dotenv, KeepsANameWithoutAValueApart) {
  EXPECT_EQ(value_of("A", "A\nB=1"), kNoValue);
  EXPECT_EQ(value_of("A", "A # comment"), kNoValue);
  EXPECT_EQ(value_of("A", "A=1\nA"), kNoValue);
}

TEST(Dotenv, EndsAValueAtACommentBehindWhiteSpaceOnly) {
  EXPECT_EQ(value_of("A", "# A=0\nA=1 # one"), "1");
  EXPECT_EQ(value_of("A", "A=1#2"), "1#2");
  EXPECT_EQ(value_of("A", "A='1' # one"), "1");
  EXPECT_EQ(value_of("A", "A='1'# one"), "1");
  // As in python-dotenv, which strips the white space after = before it looks for a comment
  EXPECT_EQ(value_of("A", "A= # one"), "# one");
}

TEST(Dotenv, DecodesTheEscapesOfEachKindOfQuotes) {
  EXPECT_EQ(value_of("A", R"(A='it\'s \\ \n "x"')"), R"(it's \ \n "x")");
  EXPECT_EQ(value_of("A", R"(A="a\tb\n\"c\" \\ \' \q")"), "a\tb\n\"c\" \\ ' \\q");
  EXPECT_EQ(value_of("A", R"(A="\a\b\f\r\v")"), "\a\b\f\r\v");
  EXPECT_EQ(value_of("A", R"(A=a\nb)"), R"(a\nb)");
}

TEST(Dotenv, ClosesAQuoteWhereABacktrackingPatternDoes) {
  EXPECT_EQ(value_of("A", R"(A='a\')"), R"(a\)");
  EXPECT_EQ(value_of("A", R"(A="a\\")"), R"(a\)");
  EXPECT_EQ(value_of("A", R"(A="a\" b")"), R"(a" b)");
}

TEST(Dotenv, ReadsValuesOverSeveralLines) {
  EXPECT_EQ(value_of("A", "A=\"one\ntwo\"\nB=1"), "one\ntwo");
  EXPECT_EQ(value_of("B", "A='one\n\n# two'\nB=1"), "1");
}

TEST(Dotenv, EndsLinesAtCrLfAndCrToo) {
  EXPECT_EQ(value_of("A", "A=1\r\nB=2\r\n"), "1");
  EXPECT_EQ(value_of("B", "A=1\rB=2\r"), "2");
  EXPECT_EQ(value_of("A", "A='1\r\n2'"), "1\n2");
}

TEST(Dotenv, SkipsAByteOrderMark) {
  EXPECT_EQ(value_of("A",
                     "\xEF\xBB\xBF"
                     "A=1"),
            "1");
}

TEST(Dotenv, TakesAnyUnicodeWhiteSpaceAsSpace) {
  EXPECT_EQ(value_of("A",
                     "\xC2\xA0"
                     "A\xE3\x80\x80=\xE2\x80\x83"
                     "1\xC2\x85"),
            "1");
}

TEST(Dotenv, ExpandsVariables) {
  EXPECT_EQ(value_of("B", "A=1\nB=x${A}y${A}"), "x1y1");
  EXPECT_EQ(value_of("B", "A=1\nB='${A}'"), "1");
  EXPECT_EQ(value_of("B", "B=${A}"), "");
  EXPECT_EQ(value_of("B", "B=${A:-fallback ${C}"), "fallback ${C");
  EXPECT_EQ(value_of("B", "B=$A ${A:x} ${A"), "$A ${A:x} ${A");
  EXPECT_EQ(value_of("B", "B=${A:-}${}|"), "|");
  EXPECT_EQ(value_of("B", "B=${A}\nA=1"), "") << "only what stands above counts";
  EXPECT_EQ(value_of("B", "A='${C}'\nC=1\nB=${A}"), "") << "expanded once";
}

TEST(Dotenv, ExpandsFromTheEnvironmentBeforeTheFile) {
  EXPECT_EQ(value_of("B", "A=file\nB=${A}", {{"A", "environment"}}), "environment");
  EXPECT_EQ(value_of("A", "A=file", {{"A", "environment"}}), "file") << "which of the two counts is load()'s business";
}

TEST(Dotenv, UsesTheFallbackForMissingNamesOnly) {
  EXPECT_EQ(value_of("B", "A=\nB=${A:-x}"), "");
  EXPECT_EQ(value_of("B", "A\nB=${A:-x}"), "");
  EXPECT_EQ(value_of("B", "B=${A:-x}", {{"A", ""}}), "");
  EXPECT_EQ(value_of("B", "B=${A:-x}"), "x");
}

TEST(Dotenv, LetsTheLastOfEqualNamesCount) { EXPECT_EQ(value_of("A", "A=1\nA=2${A}"), "21"); }

TEST(Dotenv, KnowsWhereEachValueStands) {
  const Dotenv file = parse_dotenv("A=1\n\nB='x\ny'\r\nC=3", {});
  EXPECT_EQ(file.values.at("A").line, 1U);
  EXPECT_EQ(file.values.at("B").line, 3U);
  EXPECT_EQ(file.values.at("C").line, 5U);
}

TEST(Dotenv, ReportsEachStatementThatCannotBeRead) {
  EXPECT_THAT(problem_lines("A=1\n=2\nB C\nD='x' y\n'E=1\nF=2\n"), ::testing::ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(problem_lines("A=\"x\nB=2\n"), ::testing::ElementsAre(1));
  EXPECT_THAT(problem_lines("\n\nexport =1"), ::testing::ElementsAre(3));
}

TEST(Dotenv, GoesOnBehindAProblem) {
  const Dotenv file = parse_dotenv("A=\"x\nB=2\n", {});
  EXPECT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.values.size(), 1U);
  EXPECT_EQ(file.values.at("B").value, "2");
}

TEST(Dotenv, SaysWhereAQuoteThatWasForgottenFindsItsEnd) {
  const Dotenv file = parse_dotenv("A=\"x\nB=\"y\"\n", {});
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].line, 1U);
  EXPECT_THAT(file.problems[0].reason, HasSubstr("line 2"));
}

TEST(Dotenv, RefusesTextThatIsNotUtf8) {
  const Dotenv file = parse_dotenv("A=1\nB=\xFF\n", {});
  EXPECT_THAT(file.values, IsEmpty());
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].line, 2U);
  EXPECT_THAT(file.problems[0].reason, HasSubstr("UTF-8"));
}

TEST(Dotenv, RefusesAValueThatExpandsBeyondTheLimit) {
  std::string text = "A0=0123456789abcdef\n";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "${A" + std::to_string(i - 1) + "}";
    text.append("A").append(std::to_string(i)).append("=").append(last).append(last).append("\n");
  }
  EXPECT_THAT(parse_dotenv(text, {}).problems, ::testing::Not(IsEmpty()));
}

TEST(Dotenv, BoundsAValueWithItsTextBehindTheLastReference) {
  const std::string half(kMaxDotenvBytes / 2, 'x');
  const Dotenv file = parse_dotenv("A=" + half + "\nB=${A}${A}\nC=${B}y\n", {});
  EXPECT_EQ(file.values.at("B").value->size(), kMaxDotenvBytes);
  EXPECT_FALSE(file.values.at("C").value.has_value());
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].line, 3U);
}

TEST(Utf8, FindsTheFirstMalformedByte) {
  EXPECT_EQ(text::find_invalid_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF"), std::string_view::npos);
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x28\xA1"}) {
    EXPECT_EQ(text::find_invalid_utf8("ab" + std::string(bad)), 2U) << text::in_quotes(bad);
  }
}

TEST(Utf8, QuotesOnOneLine) {
  EXPECT_EQ(text::in_quotes("a b"), "\"a b\"");
  EXPECT_EQ(text::in_quotes("9000\n"), R"("9000\n")");
  EXPECT_EQ(text::in_quotes("\"\\\t\r\x1b\xFF\xC3\xA9"), "\"\\\"\\\\\\t\\r\\x1b\\xff\xC3\xA9\"");
  EXPECT_EQ(text::in_quotes("\xC2\x9B"
                            "2J\xC2\x80\xC2\xA0"),
            "\"\\xc2\\x9b2J\\xc2\\x80\xC2\xA0\"");  // what ESC [ is to a terminal, and another control character
  EXPECT_EQ(text::in_quotes(std::string(500, 'x')), "\"" + std::string(120, 'x') + "...\"");
}

}  // namespace
}  // namespace threadecho::config
