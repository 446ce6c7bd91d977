#include "config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "config/help_text.h"
#include "config/settings_table.h"

namespace threadecho::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "threadecho");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "threadecho 1.2.3");
}

// The text of a usage error, which is one line and exits with 2.
std::string error_of(std::vector<const char*> arguments) {
  const CommandLine line = parse(std::move(arguments));
  if (!line.exit) {
    return "no error";
  }
  EXPECT_EQ(line.exit->status, 2);
  EXPECT_EQ(line.exit->text.find('\n'), line.exit->text.size() - 1);
  EXPECT_THAT(line.exit->text, AllOf(::testing::StartsWith("threadecho: "), HasSubstr("--help")));
  return line.exit->text;
}

TEST(CommandLine, ServesByDefault) {
  for (const auto& line : {parse({}), parse({"serve"})}) {
    EXPECT_FALSE(line.exit);
    EXPECT_EQ(line.command, Command::kServe);
    EXPECT_THAT(line.flags, IsEmpty());
  }
}

TEST(CommandLine, TakesFlagsBeforeAndBehindTheCommand) {
  for (const auto& line : {parse({"--port", "1"}), parse({"--port=1"}), parse({"serve", "--port", "1"}),
                           parse({"--port", "1", "serve"}), parse({"serve", "--port=1"})}) {
    EXPECT_FALSE(line.exit) << line.exit->text;
    EXPECT_THAT(line.flags, ElementsAre(Pair("PORT", "1")));
  }
}

TEST(CommandLine, HasAFlagForEverySetting) {
  for (const SettingRow& row : settings_table()) {
    const std::string flag = flag_of(row.name);
    const auto line = parse({flag.c_str(), "some value"});
    EXPECT_FALSE(line.exit) << line.exit->text;
    EXPECT_THAT(line.flags, ElementsAre(Pair(std::string(row.name), "some value")));
  }
  EXPECT_EQ(flag_of("MAX_CONNECTIONS_PER_CLIENT"), "--max-connections-per-client");
}

TEST(CommandLine, LeavesValuesAsTheyAre) {
  for (const char* value : {"-5", "[::1]", "a=b", "serve", "\"x\"", "x y", "a,b", "{}", "%", "$HOME"}) {
    EXPECT_THAT(parse({"--env-file", value}).flags, ElementsAre(Pair("ENV_FILE", value)));
    EXPECT_THAT(parse({(std::string("--env-file=") + value).c_str()}).flags, ElementsAre(Pair("ENV_FILE", value)));
  }
}

TEST(CommandLine, PrintsTheVersion) {
  const auto line = parse({"--version"});
  ASSERT_TRUE(line.exit);
  EXPECT_EQ(line.exit->text, "threadecho 1.2.3\n");
  EXPECT_EQ(line.exit->status, 0);
}

TEST(CommandLine, PrintsHelpWhateverElseIsThere) {
  for (const auto& line : {parse({"--help"}), parse({"-h"}), parse({"serve", "--help"}), parse({"--bogus", "--help"}),
                           parse({"--help", "frob"}), parse({"--version", "--help"})}) {
    ASSERT_TRUE(line.exit);
    EXPECT_EQ(line.exit->text, help_text());
    EXPECT_EQ(line.exit->status, 0);
  }
}

TEST(CommandLine, NamesAnUnknownFlagAndTheOneThatWasMeant) {
  EXPECT_THAT(error_of({"--prot", "90"}), AllOf(HasSubstr("unknown flag \"--prot\""), HasSubstr("mean --port?")));
  EXPECT_THAT(error_of({"--idle_timeout=5s"}), AllOf(HasSubstr("\"--idle_timeout\""), HasSubstr("--idle-timeout?")));
  EXPECT_THAT(error_of({"-port", "90"}), HasSubstr("mean --port?"));
  EXPECT_THAT(error_of({"--max-conn", "90"}), HasSubstr("mean --max-connections?"));
  EXPECT_THAT(error_of({"serve", "--nothing-like-it"}),
              AllOf(HasSubstr("unknown flag \"--nothing-like-it\""), ::testing::Not(HasSubstr("mean"))));
  EXPECT_THAT(error_of({"-x"}), HasSubstr("unknown flag \"-x\""));
}

TEST(CommandLine, NamesAnUnknownCommandAndTheOnesThereAre) {
  EXPECT_THAT(error_of({"frob"}),
              AllOf(HasSubstr("unknown command \"frob\""), HasSubstr("commands: serve, healthcheck, load, probe")));
  EXPECT_THAT(error_of({""}), HasSubstr("unknown command \"\""));
  EXPECT_THAT(error_of({"--port", "1", "2"}), HasSubstr("unknown command \"2\""));
}

TEST(CommandLine, RefusesArgumentsBehindTheCommand) {
  EXPECT_THAT(error_of({"serve", "now"}), HasSubstr("unexpected argument \"now\""));
  EXPECT_THAT(error_of({"serve", "serve"}), HasSubstr("unexpected argument \"serve\""));
}

TEST(CommandLine, NamesAFlagWithoutItsValue) {
  for (const auto& error :
       {error_of({"--port"}), error_of({"--port="}), error_of({"--port", ""}), error_of({"--port=", "serve"}),
        error_of({"--port", "--http-port", "80"}), error_of({"serve", "--port"}), error_of({"--help", "--port"})}) {
    EXPECT_THAT(error, AllOf(HasSubstr("--port needs a value"), HasSubstr("0 to 65535")));
  }
}

TEST(CommandLine, RefusesAFlagGivenTwice) {
  EXPECT_THAT(error_of({"--port", "1", "--port=2"}), HasSubstr("--port is given more than once: \"1\" and \"2\""));
  EXPECT_THAT(error_of({"--port", "1", "serve", "--port", "1"}), HasSubstr("more than once"));
}

}  // namespace
}  // namespace threadecho::config
