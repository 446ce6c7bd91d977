#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "client/run_command.h"
#include "load/json_report.h"
#include "report/merged_runs.h"
#include "report/report_json.h"
#include "report/report_text.h"
#include "report/run_reader.h"

namespace threadecho::test {
namespace {

using client::Json;
using load::LoadResult;
using report::MergedRuns;
using report::Run;
using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// A run of a second without messages, which began this many milliseconds after a full hour.
LoadResult run(int start = 0) {
  LoadResult result;
  result.options.target = {.host = "server", .port = 9000};
  result.options.duration = std::chrono::seconds(1);
  result.target = *net::Endpoint::parse("192.0.2.1", 9000);
  result.began_at = text::WallTime(std::chrono::hours(1) + std::chrono::milliseconds(start));
  result.measured_seconds = 1;
  return result;
}

void add_latency(LoadResult& result, nanoseconds latency) {
  stats::LatencyHistogram one;
  one.record(latency);
  result.latencies.add(one);
  ++result.messages;
}

void lose(LoadResult& result, client::FailureKind kind, const std::string& text, load::Nanoseconds back_after) {
  const std::size_t incident = result.incidents.lost({.at = 500, .failure = {.kind = kind, .text = text}});
  if (back_after >= 0) {
    result.incidents.recovered(incident, back_after);
  }
}

std::vector<Run> read(const std::string& text, const std::string& name = "file") {
  std::istringstream in(text);
  return report::read_runs(in, name).runs;
}

MergedRuns merged(const std::vector<LoadResult>& results, bool allow_different_settings = false) {
  std::vector<Run> runs;
  for (const LoadResult& result : results) {
    for (Run& run : read(load::json_report(result), "file" + std::to_string(runs.size()))) {
      runs.push_back(std::move(run));
    }
  }
  return report::merge(std::move(runs), allow_different_settings);
}

std::string refusal(const std::vector<LoadResult>& results) {
  try {
    static_cast<void>(merged(results));
  } catch (const cli::UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Report, HasThePercentilesOfOneRunWithTheSameSamples) {
  std::mt19937_64 engine(19);
  std::lognormal_distribution<double> distribution(11, 2);
  LoadResult whole = run();
  std::vector<LoadResult> parts = {run(0), run(1), run(2)};
  for (int i = 0; i < 40'000; ++i) {
    const nanoseconds latency(static_cast<std::int64_t>(distribution(engine)));
    add_latency(whole, latency);
    // The third gets few of them, and the slow ones.
    add_latency(parts.at(latency > std::chrono::milliseconds(20) ? 2 : static_cast<std::size_t>(i % 2)), latency);
  }
  const Json one = Json::parse(load::json_report(whole));
  const Json all = Json::parse(report::report_json(merged(parts)));
  EXPECT_EQ(all.at("latency"), one.at("latency"));
  EXPECT_EQ(all.at("messages"), 40'000);
  EXPECT_FALSE(all.at("latency").at("p99_99_seconds").is_null());
}

TEST(Report, AddsUpCountsRatesErrorsAndOutages) {
  std::vector<LoadResult> results = {run(0), run(250)};
  add_latency(results[0], nanoseconds(1000));
  add_latency(results[1], nanoseconds(3000));
  add_latency(results[1], nanoseconds(5000));
  results[0].missed_messages = 4;
  results[0].opened = 2;
  results[1].opened = 5;
  lose(results[0], client::FailureKind::kReset, "reset by the server", 2'000'000);
  lose(results[1], client::FailureKind::kReset, "reset by the server", 6'000'000);
  lose(results[1], client::FailureKind::kRefused, "connection refused", -1);
  const MergedRuns sum = merged(results);
  EXPECT_FALSE(sum.is_clean);
  const Json json = Json::parse(report::report_json(sum));
  EXPECT_EQ(json.at("runs"), 2);
  EXPECT_EQ(json.at("messages"), 3);
  EXPECT_EQ(json.at("messages_per_second"), 3.0);
  EXPECT_EQ(json.at("missed_messages"), 4);
  EXPECT_EQ(json.at("connections_opened"), 7);
  EXPECT_EQ(json.at("start_spread_seconds"), 0.25);
  EXPECT_EQ(json.at("errors_total"), 3);
  EXPECT_EQ(json.at("errors").at("reset"), 2);
  EXPECT_EQ(json.at("errors").at("refused"), 1);
  EXPECT_EQ(json.at("outages"), Json({{"recovered", 2}, {"total_seconds", 0.008}, {"longest_seconds", 0.006}}));
  EXPECT_EQ(json.at("error").at("kind"), "reset");
  EXPECT_EQ(json.at("incidents").size(), 3U);
  EXPECT_EQ(json.at("incidents").at(2).at("source"), "file1");
  ASSERT_EQ(json.at("sources").size(), 2U);
  EXPECT_EQ(json.at("sources").at(1).at("errors_total"), 2);
  EXPECT_FALSE(json.at("sources").at(1).at("latency").contains("histogram"));
  const std::string text = report::report_text(sum, 80);
  EXPECT_THAT(text, HasSubstr("  2 x  reset: reset by the server, at 0.000 s to 0.250 s; back after at most\n"));
  EXPECT_THAT(report::report_text(sum, 80, true),
              HasSubstr("reset by the server, at 1970-01-01T01:00:00.000Z to\n       1970-01-01T01:00:00.250Z; back"));
  EXPECT_THAT(text, HasSubstr("errors       3: refused 1, reset 2"));
  EXPECT_THAT(text, HasSubstr("\nfile1 "));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Report, RefusesResultsOfDifferentSettingsUnlessTold) {
  LoadResult other = run(1);
  other.options.connections = 8;
  EXPECT_THAT(refusal({run(), other}),
              HasSubstr("connections is 1 in file0 and 8 in file1; --allow-different-settings"));
  const MergedRuns both = merged({run(), other, run(2)}, true);
  EXPECT_EQ(both.runs.size(), 3U);
  const Json json = Json::parse(report::report_json(both));
  EXPECT_EQ(json.at("different_settings"),
            Json::array({Json{{"name", "connections"}, {"values", Json::array({1, 8, 1})}}}));
  EXPECT_TRUE(json.at("settings").at("connections").is_null());
  EXPECT_EQ(json.at("settings").at("pipeline"), 1);
  EXPECT_EQ(json.at("target"), "server:9000");
  EXPECT_THAT(report::report_text(both, 80), HasSubstr("\ndifferent    connections: 1, 8\n"));
  LoadResult elsewhere = run(1);
  elsewhere.options.target.port = 9001;
  EXPECT_THAT(refusal({run(), elsewhere}), HasSubstr("target is \"server:9000\" in file0 and \"server:9001\""));
  EXPECT_TRUE(Json::parse(report::report_json(merged({run(), elsewhere}, true))).at("target").is_null());
  LoadResult of_another_machine = run(1);
  of_another_machine.options.threads = 64;
  of_another_machine.options.sources = {*net::Endpoint::parse("192.0.2.7", 0)};
  EXPECT_EQ(refusal({run(), of_another_machine}), "");
  const Json settings = Json::parse(report::report_json(merged({run(), of_another_machine}))).at("settings");
  EXPECT_TRUE(settings.at("threads").is_null());
  EXPECT_TRUE(settings.at("sources").is_null());
  EXPECT_EQ(settings.at("connections"), 1);
}

TEST(Report, RefusesTheSameResultTwice) {
  EXPECT_THAT(refusal({run(), run(1), run()}), HasSubstr("file2 is the same result as file0"));
}

TEST(Report, ReadsALogOfSeveralRuns) {
  const std::string error = R"({"type":"error","error":{"kind":"name_not_found","message":"name x not found"}})";
  std::istringstream log("some notice\n" + load::json_report(run()) + "\n" + R"({"type":"interval"})" + "\n" + error +
                         "\n" + load::json_report(run(1)));
  report::RunsOfAFile found = report::read_runs(log, "-");
  EXPECT_EQ(found.other_lines, 1U);
  ASSERT_EQ(found.runs.size(), 3U);
  EXPECT_EQ(found.runs.at(0).source, "-:2");
  const MergedRuns all = report::merge(std::move(found.runs), false);
  EXPECT_EQ(all.runs.size(), 2U);
  EXPECT_EQ(all.failed_runs.size(), 1U);
  EXPECT_FALSE(all.is_clean);
  EXPECT_EQ(Json::parse(report::report_json(all)).at("error").at("kind"), "name_not_found");
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("failed       -:5: name x not found"));
}

TEST(Report, FailsWithoutAResult) {
  EXPECT_THROW(report::merge({}, false), std::runtime_error);
  EXPECT_THROW(report::merge(read(R"({"type":"error","error":{"kind":"other","message":"no"}})"), false),
               std::runtime_error);
}

/// A result in which some members were changed.
Run changed(const Json& members) {
  Json json = Json::parse(load::json_report(run()));
  json.merge_patch(members);
  return read(json.dump()).front();
}

TEST(Report, ComparesTheSettingsOfAllRuns) {
  const std::vector<report::Run> runs = {read(load::json_report(run(1))).front(),
                                         changed({{"settings", {{"new", 7}}}})};
  EXPECT_THROW(report::merge(runs, false), cli::UsageError);
  EXPECT_EQ(report::merge(runs, true).different_settings,
            Json::array({Json{{"name", "new"}, {"values", Json::array({nullptr, 7})}}}));
}

TEST(Report, IsNotCleanWhenARunWasNot) {
  const Json error{{"kind", "other"}, {"message", "ended before anything was measured"}};
  const MergedRuns all = report::merge(
      {changed({{"clean", false}, {"error", error}}), changed({{"started_at", "2026-01-01T00:00:00Z"}})}, false);
  EXPECT_FALSE(all.is_clean);
  EXPECT_EQ(Json::parse(report::report_json(all)).at("error"), error);
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("not clean    file: ended before anything was measured\n"));
}

TEST(Report, AddsUpReconnectsThatFailed) {
  std::vector<LoadResult> results = {run(0), run(1)};
  for (LoadResult& result : results) {
    const std::size_t incident = result.incidents.lost({.at = 1, .failure = {.text = "lost"}});
    result.incidents.attempted(incident, {.text = "refused"});
  }
  results[1].incidents.attempted(0, {.text = "refused"});
  const MergedRuns all = merged(results);
  EXPECT_EQ(Json::parse(report::report_json(all)).at("reconnects_failed"),
            Json::array({Json{{"message", "refused"}, {"count", 3}}}));
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("\n  3 x  reconnect failed: refused\n"));
}

TEST(Report, TellsWhatFailedInRunsWithoutAnError) {
  std::vector<LoadResult> results = {run(0), run(1)};
  for (LoadResult& result : results) {
    result.incidents.look_up_failed({.text = "name server not found (gone)"});
  }
  const MergedRuns all = merged(results);
  EXPECT_TRUE(all.is_clean);
  EXPECT_EQ(Json::parse(report::report_json(all)).at("look_ups_failed"),
            Json::array({Json{{"message", "name server not found (gone)"}, {"count", 2}}}));
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("\n  2 x  look-up failed: name server not found (gone)\n"));
}

TEST(Report, CountsNoMessagesOfHeldConnections) {
  std::vector<LoadResult> results = {run(0), run(1)};
  for (LoadResult& result : results) {
    result.options.mode = load::LoadMode::kHold;
    result.messages = 3;
    result.proved = 2;
  }
  const std::string text = report::report_text(merged(results), 80);
  EXPECT_THAT(text, HasSubstr("\nheld         1.0 s; at the end 4 connections still echoed\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nmessages ")));
  EXPECT_THAT(text, HasSubstr("\nfile1                                -         -"));
}

TEST(Report, RefusesLatenciesThatAddUpToMoreThanItCanHold) {
  const Json latency{{"count", 1},
                     {"sum_seconds", 9e9},
                     {"min_seconds", 1},
                     {"max_seconds", 1},
                     {"histogram", Json::array({Json::array({1, 1})})}};
  const std::vector<report::Run> runs = {changed({{"latency", latency}}),
                                         changed({{"latency", latency}, {"messages", 1}})};
  EXPECT_THROW(report::merge(runs, false), cli::UsageError);
}

TEST(Report, KeepsTheKindOfTheRunThatFailed) {
  const std::string error = R"({"type":"error","error":{"kind":"name_not_found","message":"name x not found"}})";
  try {
    report::merge(read(error), false);
    FAIL() << "merged";
  } catch (const client::CommandFailed& failed) {
    EXPECT_EQ(failed.kind(), "name_not_found");
    EXPECT_STREQ(failed.what(), "no run has a result: file: name x not found");
  }
}

TEST(Report, CountsAFileWithoutAResultAsAFailedRun) {
  const MergedRuns all = report::merge({read(load::json_report(run())).front(), report::missing_run("empty")}, false);
  EXPECT_FALSE(all.is_clean);
  EXPECT_EQ(all.runs.size(), 1U);
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("failed       empty: no result; was the run cut short?\n"));
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("runs         1, started at 1970-01-01T01:00:00.000Z\n"));
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("\nfile  "));
  EXPECT_EQ(Json::parse(report::report_json(all)).at("error").at("kind"), "no_result");
}

TEST(Report, NamesRunsByTheirHostsIfEachRanOnAnother) {
  const auto of_host = [](const char* host, int start) {
    Json json = Json::parse(load::json_report(run(start)));
    json["machine"]["hostname"] = host;
    return read(json.dump()).front();
  };
  const std::string one_each = report::report_text(report::merge({of_host("a", 0), of_host("b", 0)}, false), 80);
  EXPECT_THAT(one_each, HasSubstr("\nhost   "));
  EXPECT_THAT(one_each, HasSubstr("\nb   "));
  EXPECT_THAT(one_each, HasSubstr("started within 1.00 ms of each other")) << "their times have no more digits";
  const std::string two_of_one = report::report_text(report::merge({of_host("a", 0), of_host("a", 1)}, false), 80);
  EXPECT_THAT(two_of_one, HasSubstr("\nsource   "));
  EXPECT_THAT(two_of_one, HasSubstr("\nfile   "));
}

TEST(Report, FitsFortyColumns) {
  std::vector<LoadResult> results = {run(0), run(1)};
  for (int i = 0; i < 2000; ++i) {
    add_latency(results[0], nanoseconds(1000 + i));
  }
  std::istringstream lines(report::report_text(merged(results), 40));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 40U) << line;
  }
  EXPECT_THAT(report::report_text(merged(results), 40), HasSubstr("\nfile0\n          2,000     2.98 us        0\n"));
}

TEST(Report, SaysWhichHostDidNotRunItsClient) {
  std::vector<LoadResult> results = {run(0), run(1)};
  results[1].local_stalls.note(std::chrono::milliseconds(2400));
  const MergedRuns all = merged(results);
  EXPECT_THAT(report::report_text(all, 80),
              HasSubstr("\nheld up      file1: its host did not run it for 2.40 s in all\n"));
  const Json sources = Json::parse(report::report_json(all)).at("sources");
  EXPECT_EQ(sources.at(0).at("local_stalls").at("count"), 0);
  EXPECT_EQ(sources.at(1).at("local_stalls").at("longest_seconds"), 2.4);
  EXPECT_TRUE(sources.at(1).at("connects").is_array());
}

TEST(Report, SaysThatCleanRunsWereClean) {
  const MergedRuns all = merged({run(), run(1)});
  EXPECT_TRUE(all.is_clean);
  EXPECT_TRUE(Json::parse(report::report_json(all)).at("error").is_null());
  EXPECT_THAT(report::report_text(all, 80), HasSubstr("errors       none"));
  EXPECT_THAT(report::report_text(all, 80), Not(HasSubstr("failed ")));
}

}  // namespace
}  // namespace threadecho::test
