#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "cli/help.h"
#include "cli/value_kinds.h"

namespace threadecho::cli {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Values {
  std::uint32_t count = 4;
  std::uint64_t size = 64;
  milliseconds interval{1000};
  std::string file;
  bool json = false;
};

std::vector<Option> table(Values& values) {
  std::vector<Option> options = {
      option("--count", "N", values.count, number<std::uint32_t>(0, 9), "messages to send"),
      option("--size", "SIZE", values.size, size(1, 4096), "bytes of a message"),
      option("--interval", "DURATION", values.interval, duration(milliseconds(0), milliseconds(60'000)), "pause"),
      option("--file", "FILE", values.file, path(), "", "where to write"),
      toggle("--json", values.json, "print JSON"),
  };
  options.front().heading = "Some";
  options.back().heading = "More";
  return options;
}

Arguments parsed(Values& values, std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "command");
  return parse(table(values), static_cast<int>(arguments.size()), arguments.data());
}

std::string mistake(std::vector<const char*> arguments) {
  Values values;
  try {
    parsed(values, std::move(arguments));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(Options, SetWhatTheirRowsNameAndKeepTheRest) {
  Values values;
  const Arguments arguments = parsed(values, {"a", "--count=9", "--size", "1k", "b", "--json", "--file", "{}"});
  EXPECT_THAT(arguments.operands, ElementsAre("a", "b"));
  EXPECT_FALSE(arguments.wants_help);
  EXPECT_EQ(values.count, 9U);
  EXPECT_EQ(values.size, 1024U);
  EXPECT_EQ(values.interval, milliseconds(1000));
  EXPECT_EQ(values.file, "{}");
  EXPECT_TRUE(values.json);
}

TEST(Options, NameAllWrongValuesAtOnce) {
  EXPECT_EQ(mistake({"--count", "abc", "--size", "0", "--interval", "1"}),
            "--count \"abc\": not a whole number; allowed: 0 to 9\n"
            "  --size \"0\": out of range; allowed: 1 to 4KiB\n"
            "  --interval \"1\": " +
                mistake({"--interval", "1"}).substr(16));
}

TEST(Options, TakeNoNegativeOperandForAFlag) {
  EXPECT_EQ(mistake({"-5ms"}), R"("-5ms" is neither a flag nor a value: values cannot be negative)");
}

TEST(Options, NameTheFlagTheValueAndWhatIsAllowed) {
  EXPECT_EQ(mistake({"--count", "10"}), R"(--count "10": out of range; allowed: 0 to 9)");
  EXPECT_EQ(mistake({"--count", "-1"}), R"(--count "-1": not a whole number; allowed: 0 to 9)");
  EXPECT_EQ(mistake({"--size", "8KiB"}), R"(--size "8KiB": out of range; allowed: 1 to 4KiB)");
  EXPECT_EQ(mistake({"--interval", "2min"}), R"(--interval "2min": out of range; allowed: 0s to 1m)");
  EXPECT_EQ(mistake({"--json=no"}), "--json takes no value");
  EXPECT_EQ(mistake({"--cuont", "3", "host:1"}), R"(unknown flag "--cuont"; did you mean --count?)");
  EXPECT_EQ(mistake({"--hlep"}), R"(unknown flag "--hlep"; did you mean --help?)");
}

TEST(Options, NeedTheirValueOnce) {
  for (const auto& missing : {mistake({"--count"}), mistake({"--count="}), mistake({"--count", ""}),
                              mistake({"--count", "--json"}), mistake({"--count=", "1"})}) {
    EXPECT_EQ(missing, "--count needs a value; allowed: 0 to 9");
  }
  EXPECT_EQ(mistake({"--count", "1", "--count=2"}), R"(--count is given more than once: "1" and "2")");
  EXPECT_EQ(mistake({"--count", "1", "--count", "2", "--json"}), R"(--count is given more than once: "1" and "2")");
  EXPECT_EQ(mistake({"--json", "--json"}), "--json is given more than once");
}

TEST(Options, GiveHelpWhateverElseIsWrong) {
  for (const std::vector<const char*>& arguments : {std::vector<const char*>{"--help"},
                                                    {"-h", "--frob"},
                                                    {"--help", "--count"},
                                                    {"--count", "x", "--help"},
                                                    {"--count", "1", "--count", "2", "--help", "x"}}) {
    Values values;
    EXPECT_TRUE(parsed(values, arguments).wants_help);
  }
}

TEST(OptionsText, HasARowForEachFlagBelowTheHeadingOfItsGroup) {
  Values values;
  EXPECT_EQ(options_text(table(values)),
            "Some:\n"
            "  --count N               messages to send (4)\n"
            "  --size SIZE             bytes of a message (64)\n"
            "  --interval DURATION     pause (1s)\n"
            "  --file FILE             where to write\n"
            "\nMore:\n"
            "  --json                  print JSON\n"
            "  --help                  print this\n");
}

TEST(Help, IsWrappedAtTheWidth) {
  EXPECT_EQ(wrapped("one two three\nfour\n\n  five six seven\n", 9),
            "one two\nthree\nfour\n\n  five\n  six\n  seven\n");
  EXPECT_EQ(wrapped("  --a N    one two three four five six seven\n", 32),
            "  --a N    one two three four\n           five six seven\n");
  EXPECT_EQ(wrapped("  --a-long-flag N    one two three four\n", 30), "  --a-long-flag N\n      one two three four\n")
      << "a meaning that has no room goes below its term";
  EXPECT_EQ(wrapped("unbreakable", 4), "unbreakable\n");
  EXPECT_EQ(wrapped("", 80), "");
}

TEST(Help, KeepsToEightyColumnsWithoutATerminal) {
  EXPECT_GE(output_width(), 40U);
  EXPECT_LE(output_width(), 120U);
}

TEST(Wrapped, HasTheWidthThatColumnsAsksFor) {
  const auto width_with = [](const char* columns) {
    ::setenv("COLUMNS", columns, 1);  // NOLINT(concurrency-mt-unsafe): this thread is the only one
    const std::size_t width = output_width();
    ::unsetenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe)
    return width;
  };
  const std::size_t usual = output_width();
  EXPECT_EQ(width_with("100"), 100U);
  EXPECT_EQ(width_with("10"), 40U);
  EXPECT_EQ(width_with("5000"), 120U);
  for (const char* none : {"", "0", "wide", "100x", "-100"}) {
    EXPECT_EQ(width_with(none), usual) << none;
  }
}

TEST(Fitted, LeavesLinesThatFitAsTheyAre) {
  EXPECT_EQ(fitted("one   two\nthree  four\n\n", 12), "one   two\nthree  four\n\n");
  EXPECT_EQ(fitted("term        one two three four five\nnext\n", 32),
            "term        one two three four\n            five\nnext\n");
}

}  // namespace
}  // namespace threadecho::cli
