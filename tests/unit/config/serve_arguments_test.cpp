#include "config/serve_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "config/settings_table.h"

namespace threadecho::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

ServeArguments parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "threadecho");
  return parse_serve_arguments(static_cast<int>(arguments.size()), arguments.data());
}

// The mistake in a command line, which is one line.
std::string error_of(std::vector<const char*> arguments) {
  const ServeArguments parsed = parse(std::move(arguments));
  EXPECT_EQ(parsed.mistake.find('\n'), std::string::npos);
  return parsed.mistake;
}

TEST(ServeArguments, MayNameTheCommand) {
  for (const auto& line : {parse({}), parse({"serve"})}) {
    EXPECT_EQ(line.mistake, "");
    EXPECT_THAT(line.flags, IsEmpty());
  }
}

TEST(ServeArguments, TakeFlagsBeforeAndBehindTheCommand) {
  for (const auto& line : {parse({"--port", "1"}), parse({"--port=1"}), parse({"serve", "--port", "1"}),
                           parse({"--port", "1", "serve"}), parse({"serve", "--port=1"})}) {
    EXPECT_EQ(line.mistake, "");
    EXPECT_THAT(line.flags, ElementsAre(Pair("PORT", "1")));
  }
}

TEST(ServeArguments, HaveAFlagForEverySetting) {
  for (const SettingRow& row : settings_table()) {
    const std::string flag = flag_of(row.name);
    const auto line = parse({flag.c_str(), "some value"});
    EXPECT_EQ(line.mistake, "");
    EXPECT_THAT(line.flags, ElementsAre(Pair(std::string(row.name), "some value")));
  }
  EXPECT_EQ(flag_of("MAX_CONNECTIONS_PER_CLIENT"), "--max-connections-per-client");
}

TEST(ServeArguments, LeaveValuesAsTheyAre) {
  for (const char* value : {"-5", "[::1]", "a=b", "serve", "\"x\"", "x y", "a,b", "{}", "%", "$HOME"}) {
    EXPECT_THAT(parse({"--env-file", value}).flags, ElementsAre(Pair("ENV_FILE", value)));
    EXPECT_THAT(parse({(std::string("--env-file=") + value).c_str()}).flags, ElementsAre(Pair("ENV_FILE", value)));
  }
}

TEST(ServeArguments, AskForTheVersionOrHelpWhateverElseIsThere) {
  for (const auto& line : {parse({"--version"}), parse({"--version", "--bogus"})}) {
    EXPECT_TRUE(line.wants_version);
    EXPECT_EQ(line.mistake, "");
  }
  for (const auto& line : {parse({"--help"}), parse({"-h"}), parse({"serve", "--help"}), parse({"--bogus", "--help"}),
                           parse({"--help", "frob"}), parse({"--version", "--help"})}) {
    EXPECT_TRUE(line.wants_help);
    EXPECT_EQ(line.mistake, "");
  }
}

TEST(ServeArguments, NameAnUnknownFlagAndTheOneThatWasMeant) {
  EXPECT_THAT(error_of({"--prot", "90"}), AllOf(HasSubstr("unknown flag \"--prot\""), HasSubstr("mean --port?")));
  EXPECT_THAT(error_of({"--idle_timeout=5s"}), AllOf(HasSubstr("\"--idle_timeout\""), HasSubstr("--idle-timeout?")));
  EXPECT_THAT(error_of({"-port", "90"}), HasSubstr("mean --port?"));
  EXPECT_THAT(error_of({"--max-conn", "90"}), HasSubstr("mean --max-connections?"));
  EXPECT_THAT(error_of({"serve", "--nothing-like-it"}),
              AllOf(HasSubstr("unknown flag \"--nothing-like-it\""), ::testing::Not(HasSubstr("mean"))));
  EXPECT_THAT(error_of({"-x"}), HasSubstr("unknown flag \"-x\""));
}

TEST(ServeArguments, NameAnUnknownCommandAndTheOnesThereAre) {
  EXPECT_THAT(error_of({"frob"}), AllOf(HasSubstr("unknown command \"frob\""),
                                        HasSubstr("commands: serve, healthcheck, load, probe, watch, identity, report, "
                                                  "compare, fault, completion, help, version")));
  EXPECT_THAT(error_of({"sreve"}), HasSubstr("unknown command \"sreve\"; did you mean serve?"));
  EXPECT_THAT(error_of({"--port", "1", "probe"}), HasSubstr("the command probe must come first"));
  EXPECT_THAT(error_of({""}), HasSubstr("unknown command \"\""));
  EXPECT_THAT(error_of({"--port", "1", "2"}), HasSubstr("unknown command \"2\""));
}

TEST(ServeArguments, RefuseArgumentsBehindTheCommand) {
  EXPECT_THAT(error_of({"serve", "now"}), HasSubstr("unexpected argument \"now\""));
  EXPECT_THAT(error_of({"serve", "serve"}), HasSubstr("unexpected argument \"serve\""));
}

TEST(ServeArguments, NameAFlagWithoutItsValue) {
  for (const auto& error :
       {error_of({"--port"}), error_of({"--port="}), error_of({"--port", ""}), error_of({"--port=", "serve"}),
        error_of({"--port", "--http-port", "80"}), error_of({"serve", "--port"})}) {
    EXPECT_THAT(error, AllOf(HasSubstr("--port needs a value"), HasSubstr("0 to 65535")));
  }
}

TEST(ServeArguments, GiveTheVersionWhateverElseIsWrong) {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"threadecho", "--version", "--port"}, {"threadecho", "--frob", "--version"}}) {
    const auto parsed = parse_serve_arguments(static_cast<int>(arguments.size()), arguments.data());
    EXPECT_TRUE(parsed.wants_version);
    EXPECT_EQ(parsed.mistake, "");
  }
}

TEST(ServeArguments, RefuseAFlagGivenTwice) {
  EXPECT_THAT(error_of({"--port", "1", "--port=2"}), HasSubstr("--port is given more than once: \"1\" and \"2\""));
  EXPECT_THAT(error_of({"--port", "1", "serve", "--port", "1"}), HasSubstr("more than once"));
}

}  // namespace
}  // namespace threadecho::config
