#include "compare/compare_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "compare/child_process.h"
#include "config/settings_table.h"
#include "support/usage_errors.h"

namespace threadecho::test {
namespace {

using compare::CompareOptions;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

CompareOptions parse(std::vector<const char*> arguments) {
  return parsed_by(&compare::parse_compare_arguments, std::move(arguments));
}

std::string error_of(std::vector<const char*> arguments) {
  return usage_error_of(&compare::parse_compare_arguments, std::move(arguments));
}

TEST(CompareArguments, HaveDefaults) {
  const CompareOptions options = parse({});
  EXPECT_EQ(options.clients, 64U);
  EXPECT_EQ(options.duration, std::chrono::seconds(3));
  EXPECT_EQ(options.size, 64U);
  EXPECT_EQ(options.pool_threads, config::number_of_cpus());
  EXPECT_EQ(options.patience, std::chrono::seconds(1));
  EXPECT_FALSE(options.json || options.quiet || options.help);
}

TEST(CompareArguments, TakeTheLeastAndTheMost) {
  const CompareOptions least = parse(
      {"--clients", "1", "--duration", "100ms", "--size", "1", "--pool-threads", "1", "--patience", "10ms", "--json"});
  EXPECT_EQ(least.clients, 1U);
  EXPECT_EQ(least.duration, milliseconds(100));
  EXPECT_EQ(least.size, 1U);
  EXPECT_EQ(least.pool_threads, 1U);
  EXPECT_EQ(least.patience, milliseconds(10));
  EXPECT_TRUE(least.json);
  const CompareOptions most = parse({"--clients", "8192", "--duration", "1h", "--size", "1MiB", "--pool-threads",
                                     "1024", "--patience", "1h", "--quiet"});
  EXPECT_EQ(most.clients, 8192U);
  EXPECT_EQ(most.pool_threads, 1024U);
  EXPECT_TRUE(most.quiet);
}

TEST(CompareArguments, AreRefusedOutOfRange) {
  EXPECT_THAT(error_of({"--clients", "0"}), HasSubstr("allowed: 1 to 8192"));
  EXPECT_THAT(error_of({"--duration", "99ms"}), HasSubstr("allowed: 100ms to 1h"));
  EXPECT_THAT(error_of({"--size", "2MiB"}), HasSubstr("allowed: 1 to 1MiB"));
  EXPECT_THAT(error_of({"--pool-threads", "1025"}), HasSubstr("allowed: 1 to 1024"));
  EXPECT_THAT(error_of({"--patience", "9ms"}), HasSubstr("allowed: 10ms to 1h"));
  EXPECT_THAT(error_of({"--client", "3"}), HasSubstr("did you mean --clients?"));
}

TEST(CompareArguments, HaveNoTarget) {
  EXPECT_EQ(error_of({"localhost:9000"}), "unexpected argument \"localhost:9000\"; compare starts its servers itself");
}

TEST(CompareHelp, FitsTheTerminal) {
  for (const std::size_t width : {80U, 100U, 120U}) {
    std::istringstream lines(cli::help_text(compare::compare_manual(), width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(ComparedServers, GetNoSettingsOfTheEnvironment) {
  host::Environment environment{{"PATH", "/bin"}, {"TZ", "UTC"}, {"NOTIFY_SOCKET", "/run/notify"}};
  for (const config::SettingRow& row : config::settings_table()) {
    environment.emplace(row.name, "1");
  }
  EXPECT_TRUE(environment.contains("PORT") && environment.contains("ENV_FILE"));
  EXPECT_EQ(compare::without_settings(environment), (host::Environment{{"PATH", "/bin"}, {"TZ", "UTC"}}));
}

}  // namespace
}  // namespace threadecho::test
