#include "watch/watch_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "cli/options.h"
#include "config/settings_error.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using watch::WatchArguments;
using watch::WatchOptions;

WatchArguments parse_watch(std::vector<const char*> arguments, const host::Environment& environment = {}) {
  arguments.insert(arguments.begin(), "watch");
  return watch::parse_watch_arguments(static_cast<int>(arguments.size()), arguments.data(), environment);
}

std::string problems_of(const std::vector<const char*>& arguments, const host::Environment& environment = {}) {
  try {
    parse_watch(arguments, environment);
  } catch (const config::SettingsError& error) {
    return error.what();
  }
  return "no error";
}

TEST(WatchArguments, HaveDefaults) {
  const WatchOptions options = parse_watch({"a:1", "tcp://b:2"}).options;
  ASSERT_EQ(options.targets.size(), 2U);
  EXPECT_EQ(options.targets[1].to_string(), "b:2");
  EXPECT_EQ(options.interval, 1s);
  EXPECT_EQ(options.timeout, 2s);
  EXPECT_EQ(options.size, 64U);
  EXPECT_EQ(options.resolve_every, 30s);
  EXPECT_EQ(options.connect_every, 30s);
  EXPECT_EQ(options.idle, 10min);
  EXPECT_EQ(options.http_port, 8081);
  EXPECT_EQ(options.http_bind_address, "::");
  EXPECT_EQ(options.version_port, 8080);
  EXPECT_FALSE(options.aggregate || options.dry_run || options.help);
}

TEST(WatchArguments, TakeEachFlagFromTheEnvironmentToo) {
  const WatchArguments arguments = parse_watch({}, {{"WATCH_TARGETS", "a:1, b:2 c:3"},
                                                    {"WATCH_INTERVAL", "10ms"},
                                                    {"WATCH_IDLE", "0s"},
                                                    {"WATCH_SIZE", "1KiB"},
                                                    {"WATCH_HTTP_PORT", "0"},
                                                    {"WATCH_TIMEOUT", ""},
                                                    {"WATCH_IPV4_ONLY", "on"},
                                                    {"WATCH_DRY_RUN", "off"},
                                                    {"WATCH_AGGREGATE", "ON"},
                                                    {"WATCH_LOG_FORMAT", "json"}});
  const WatchOptions& options = arguments.options;
  EXPECT_EQ(options.targets.size(), 3U);
  EXPECT_EQ(options.targets[0].family, AF_INET);
  EXPECT_EQ(options.interval, 10ms);
  EXPECT_EQ(options.idle, 0ms);
  EXPECT_EQ(options.size, 1024U);
  EXPECT_EQ(options.http_port, 0);
  EXPECT_EQ(options.timeout, 2s) << "an empty variable counts as unset";
  EXPECT_TRUE(options.aggregate && !options.dry_run);
  EXPECT_EQ(options.log_format, log::LogFormat::kJson);
  EXPECT_THAT(arguments.warnings, IsEmpty());
}

TEST(WatchArguments, PreferTheCommandLine) {
  const WatchOptions options =
      parse_watch({"a:1", "--interval", "2s"}, {{"WATCH_TARGETS", "b:2"}, {"WATCH_INTERVAL", "wrong"}}).options;
  EXPECT_EQ(options.targets.size(), 1U);
  EXPECT_EQ(options.interval, 2s);
}

TEST(WatchArguments, NameAllMistakesAtOnce) {
  const std::string problems =
      problems_of({"a", "b:2", "b:2", "--interval", "1ms", "-4", "-6"},
                  {{"WATCH_SIZE", "0"}, {"WATCH_AGGREGATE", "yes"}, {"WATCH_TARGETS_FILE", "/nothing"}});
  EXPECT_THAT(problems, HasSubstr(R"(WATCH_INTERVAL="1ms" (flag --interval): out of range; allowed: 10ms to 1d)"));
  EXPECT_THAT(problems, HasSubstr(R"(WATCH_SIZE="0" (environment): out of range; allowed: 1 to 1MiB)"));
  EXPECT_THAT(problems, HasSubstr(R"(WATCH_AGGREGATE="yes" (environment): not one of the allowed names; allowed: on)"));
  EXPECT_THAT(problems, HasSubstr(R"(TARGET="a" (argument): has no port)"));
  EXPECT_THAT(problems, HasSubstr(R"(TARGET="b:2" (argument): given more than once)"));
  EXPECT_THAT(problems, HasSubstr(R"(WATCH_TARGETS_FILE="/nothing" (file): )"));
  EXPECT_THAT(problems, HasSubstr("-4 and -6: they exclude each other"));
  EXPECT_EQ(std::ranges::count(problems, '\n'), 6);
}

TEST(WatchArguments, DemandATarget) {
  EXPECT_EQ(problems_of({}), "TARGET is missing: give HOST:PORT, WATCH_TARGETS or --targets-file");
  EXPECT_THROW(parse_watch({"a:1", "--intervall", "1s"}), cli::UsageError);
}

TEST(WatchArguments, WarnOfAVariableThatIsCloseToOneOfOurs) {
  const auto warnings =
      parse_watch({"a:1"}, {{"WATCH_INTERVALL", "1s"}, {"WATCH_PORT_9000_TCP", "tcp://10.0.0.1:9000"}}).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].name, "WATCH_INTERVALL");
  EXPECT_THAT(warnings[0].reason, HasSubstr("did you mean WATCH_INTERVAL?"));
}

TEST(WatchArguments, HaveAVariableForEachFlag) {
  WatchOptions defaults;
  for (const cli::Option& row : watch::option_rows(defaults)) {
    EXPECT_THAT(watch::variable_of(row.flag), ::testing::MatchesRegex("WATCH_[A-Z_46]+")) << row.flag;
    EXPECT_THAT(cli::help_text(watch::watch_manual(), 120), HasSubstr("\n  " + row.flag + ", " + row.variable));
  }
  EXPECT_EQ(watch::variable_of("--resolve-every"), "WATCH_RESOLVE_EVERY");
  EXPECT_EQ(watch::variable_of("-4"), "WATCH_IPV4_ONLY");
}

TEST(WatchArguments, SayInTheHelpWhatEachValueMayBe) {
  const std::string help = cli::help_text(watch::watch_manual(), 120);
  for (const char* allowed : {"10ms to 1d", "1ms to 1h", "1 to 1MiB", "100ms to 1d", "0 to 65535", "on, off", "json"}) {
    EXPECT_THAT(help, ::testing::ContainsRegex("\n      allowed: .*" + std::string(allowed)));
  }
  EXPECT_THAT(help, Not(HasSubstr("allowed: \n")));
  EXPECT_THAT(help, Not(HasSubstr("default: \n")));
}

}  // namespace
}  // namespace threadecho::test
