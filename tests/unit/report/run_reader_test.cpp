#include "report/run_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>

#include "cli/options.h"
#include "load/json_report.h"

namespace threadecho::test {
namespace {

using client::Json;
using ::testing::HasSubstr;

std::string json_of_a_run() {
  load::LoadResult result;
  result.options.target = {.host = "server", .port = 9000};
  result.target = *net::Endpoint::parse("192.0.2.1", 9000);
  result.measured_seconds = 1;
  result.messages = 1;
  return load::json_report(result);
}

/// "read 1", or why it is refused.
std::string outcome_of_reading(const std::string& text) {
  std::istringstream in(text);
  try {
    return "read " + std::to_string(report::read_runs(in, "file").runs.size());
  } catch (const cli::UsageError& error) {
    return error.what();
  }
}

TEST(RunReader, ReadsAResultThatWasLaidOutOverSeveralLines) {
  EXPECT_EQ(outcome_of_reading(Json::parse(json_of_a_run()).dump(2)), "read 1");
}

TEST(RunReader, ReadsTheSizeOfOldResults) {
  std::string old = json_of_a_run();
  const std::string name = "\"size_bytes\"";
  old.replace(old.find(name), name.size(), "\"size\"");
  std::istringstream in(old);
  EXPECT_EQ(report::read_runs(in, "old").runs.at(0).json.at("settings").at("size_bytes"), 64);
}

TEST(RunReader, RefusesWhatIsNoResult) {
  const std::string whole = json_of_a_run();
  EXPECT_THAT(outcome_of_reading(whole.substr(0, whole.size() / 2)), HasSubstr("file:1: broken JSON"));
  EXPECT_THAT(outcome_of_reading("{}"), HasSubstr("file: not a result of threadecho load"));
  EXPECT_THAT(outcome_of_reading("[1]"), HasSubstr("file: not a result of threadecho load"));
  EXPECT_THAT(outcome_of_reading(R"({"type":"report"})"), HasSubstr("a report, not a result"));
  EXPECT_THAT(outcome_of_reading(R"({"type":"result","started_at":"today"})"), HasSubstr("started_at is not a time"));
  EXPECT_EQ(outcome_of_reading(""), "read 0");
  EXPECT_EQ(outcome_of_reading("no JSON\n"), "read 0");
}

TEST(RunReader, RefusesNumbersThatNoRunHas) {
  const auto outcome_with = [](const Json& members) {
    Json json = Json::parse(json_of_a_run());
    json.merge_patch(members);
    return outcome_of_reading(json.dump());
  };
  EXPECT_EQ(outcome_with({{"messages", 5}}), "read 1");
  EXPECT_EQ(outcome_with({{"errors_total", -1}}), "file: errors_total is -1");
  EXPECT_EQ(outcome_with({{"messages", 1.5}}), "file: messages is 1.5");
  EXPECT_EQ(outcome_with({{"errors", {{"reset", -2}}}}), "file: reset is -2");
  EXPECT_EQ(outcome_with({{"settings", {{"connections", -2}}}}), "file: connections is -2");
  EXPECT_EQ(outcome_with({{"outages", {{"longest_seconds", 1e300}}}}), "file: longest_seconds is 1e+300");
  EXPECT_EQ(outcome_with({{"messages_per_second", -1.0}}), "file: messages_per_second is -1.0");
}

}  // namespace
}  // namespace threadecho::test
