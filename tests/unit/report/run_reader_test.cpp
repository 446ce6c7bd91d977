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

TEST(RunReader, TakesAFileThatWasCutOffForARunThatFailed) {
  const std::string whole = json_of_a_run();
  std::istringstream in(whole + whole.substr(0, whole.size() - 200));
  const auto runs = report::read_runs(in, "file").runs;
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_FALSE(runs[0].has_failed);
  EXPECT_TRUE(runs[1].has_failed);
  EXPECT_EQ(runs[1].source, "file:2");
  EXPECT_EQ(runs[1].json.at("error").at("message"), "broken JSON; was the run cut short?");
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
  EXPECT_THAT(outcome_of_reading("{}"), HasSubstr("file: not a result of threadecho load"));
  EXPECT_THAT(outcome_of_reading("[1]"), HasSubstr("file: not a result of threadecho load"));
  EXPECT_THAT(outcome_of_reading(R"({"type":"report"})"), HasSubstr("a report, not a result"));
  EXPECT_THAT(outcome_of_reading(R"({"type":"result","started_at":"today"})"), HasSubstr("started_at is not a time"));
  EXPECT_EQ(outcome_of_reading(R"({"type":"result","settings":{},"sent":1,"loss":0.0})"),
            "file: a result of threadecho probe, not of load");
  EXPECT_EQ(outcome_of_reading(""), "read 0");
  EXPECT_EQ(outcome_of_reading("no JSON\n"), "read 0");
}

/// Of a run in whose result some members were changed.
std::string outcome_with(const Json& members) {
  Json json = Json::parse(json_of_a_run());
  json.merge_patch(members);
  return outcome_of_reading(json.dump());
}

TEST(RunReader, ReadsResultsOfALaterVersionThatHaveOtherNumbersToo) {
  EXPECT_EQ(outcome_with({{"extra_ratio", 0.5}, {"price", -1}}), "read 1");
  EXPECT_EQ(outcome_with({{"settings", {{"skew", -0.5}}}, {"outages", {{"drift", -1}}}}), "read 1");
}

TEST(RunReader, RefusesNumbersThatNoRunHas) {
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
