#include "compare/compare_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <regex>
#include <sstream>
#include <string>

#include "compare/bar_block.h"
#include "compare/compare_json.h"

namespace threadecho::test {
namespace {

using compare::Comparison;
using compare::ModelResult;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ModelResult result_of(const compare::ComparedModel& model, std::uint32_t served, double messages_per_second) {
  ModelResult result;
  result.model = model;
  result.clients_served = served;
  result.messages_per_second = messages_per_second;
  result.p50 = microseconds(10 * served);
  result.p99 = microseconds(25 * served);
  result.context_switches_per_message = served == 64 ? 0.0025 : 1.01;
  result.cpu_seconds_per_message = 5.5e-6;
  result.threads = 3 + served;
  result.memory_bytes_per_client = 100.0 * served;
  result.waits = {{.silent_clients = 1, .waited = microseconds(120), .after_they_left = {}},
                  {.silent_clients = 64, .waited = microseconds(130), .after_they_left = {}}};
  return result;
}

Comparison comparison() {
  Comparison comparison;
  comparison.machine = {{"cores", 2}, {"kernel", "Linux 6.18.0"}, {"congestion_control", "bbr"}};
  comparison.options.pool_threads = 2;
  const auto models = compare::compared_models(2);
  comparison.models = {result_of(models[0], 1, 20000), result_of(models[1], 2, 40000), result_of(models[2], 64, 80000),
                       result_of(models[3], 64, 160000)};
  for (auto& wait : comparison.models[0].waits) {
    wait.waited = milliseconds(1001);
    wait.after_they_left = microseconds(200);
  }
  comparison.models[1].waits[1] = comparison.models[0].waits[1];
  return comparison;
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, line.size());
  }
  return widest;
}

TEST(CompareTable, FillsEightyColumns) {
  EXPECT_EQ(compare::text_of(comparison(), 80, false),
            R"(Each thread model: 64 clients, 64 bytes a message, 3s; both pools: 2 threads.
Machine: 2 cores, Linux 6.18.0, bbr. Compare the ratios, not the numbers.

clients served at once, of 64            messages/s
  one at a time  #                    1    one at a time  ##              20,000
  blocking-pool  #                    2    blocking-pool  ###             40,000
  per-connection ############        64    per-connection ######          80,000
  pool           ############        64    pool           ############   160,000

p50 of the clients served                p99 of the clients served
  one at a time  #              10.0 us    one at a time  #              25.0 us
  blocking-pool  #              20.0 us    blocking-pool  #              50.0 us
  per-connection ############    640 us    per-connection ############   1.60 ms
  pool           ############    640 us    pool           ############   1.60 ms

context switches per message             CPU time per message
  one at a time  ############       1.0    one at a time  ############   5.50 us
  blocking-pool  ############       1.0    blocking-pool  ############   5.50 us
  per-connection #               0.0025    per-connection ############   5.50 us
  pool           #               0.0025    pool           ############   5.50 us

threads of the process                   memory per client (RSS)
  one at a time  #                    4    one at a time  #                100 B
  blocking-pool  #                    5    blocking-pool  #                200 B
  per-connection ############        67    per-connection ############   6.40 kB
  pool           ############        67    pool           ############   6.40 kB

wait behind 1 silent client              wait behind 64 silent clients
  one at a time  ############  > 1.00 s    one at a time  ############  > 1.00 s
  blocking-pool  #               120 us    blocking-pool  ############  > 1.00 s
  per-connection #               120 us    per-connection #               130 us
  pool           #               120 us    pool           #               130 us

Served at once: one at a time 1 of 64, blocking-pool 2 of 64. The others were
connected too, but waited for a thread and got no byte during the load. p50 and
p99 are only those of the clients that were served.
> 1.00 s: the client got no echo in this time. It waits until silent clients
leave. After they left, its echo took: one at a time 200 us (behind 1), one at a
time 200 us (behind 64), blocking-pool 200 us (behind 64).
)");
}

TEST(CompareTable, NeverExceedsItsWidth) {
  Comparison wide = comparison();
  for (ModelResult& result : wide.models) {
    result.messages_per_second = 123456789;
    result.memory_bytes_per_client = 123456789;
  }
  for (const std::size_t width : {40U, 41U, 60U, 77U, 78U, 80U, 81U, 120U}) {
    EXPECT_LE(widest_line(compare::text_of(wide, width, false)), width) << width;
  }
  EXPECT_EQ(widest_line(compare::text_of(wide, 80, false)), 80U);
  EXPECT_EQ(widest_line(compare::text_of(wide, 40, false)), 40U);
}

TEST(CompareTable, PutsBlocksBelowEachOtherWhereThereIsNoRoomForTwo) {
  EXPECT_THAT(compare::text_of(comparison(), 77, false), HasSubstr("\nmessages/s\n  one at a time "));
  EXPECT_THAT(compare::text_of(comparison(), 78, false), Not(HasSubstr("\nmessages/s\n")));
}

TEST(CompareTable, SaysWhoWaitedAndHowLong) {
  std::string text = compare::text_of(comparison(), 120, false);
  std::ranges::replace(text, '\n', ' ');  // wherever they wrap
  EXPECT_THAT(text, HasSubstr("Served at once: one at a time 1 of 64, blocking-pool 2 of 64."));
  EXPECT_THAT(text, HasSubstr("> 1.00 s: the client got no echo in this time."));
  EXPECT_THAT(text, HasSubstr("its echo took: one at a time 200 us (behind 1), one at a time 200 us (behind 64), "
                              "blocking-pool 200 us (behind 64)."));
  Comparison all_served = comparison();
  all_served.models.erase(all_served.models.begin(), all_served.models.begin() + 2);
  EXPECT_THAT(compare::text_of(all_served, 80, false), Not(HasSubstr("Served at once")));
  EXPECT_THAT(compare::text_of(all_served, 80, false), Not(HasSubstr(">")));
}

TEST(CompareTable, ShowsZeroAndMissingValues) {
  Comparison without = comparison();
  for (ModelResult& result : without.models) {
    result.messages_per_second = 0;
    result.p50.reset();
    result.memory_bytes_per_client = -4096;
    result.cpu_seconds_per_message.reset();
  }
  const std::string text = compare::text_of(without, 60, false);
  EXPECT_TRUE(std::regex_search(text, std::regex("messages/s\n  one at a time +0\n"))) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("p50 of the clients served\n  one at a time +-\n"))) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("memory per client \\(RSS\\)\n  one at a time +0 B\n"))) << text;
  const std::string json = compare::json_text(without);
  EXPECT_THAT(json, HasSubstr(R"("p50_seconds":null,"p99_seconds":2.5e-05)"));
  EXPECT_THAT(json, HasSubstr(R"("cpu_per_message_seconds":null)"));
  EXPECT_THAT(json, HasSubstr(R"("memory_per_client_bytes":-4096,)"));
}

TEST(CompareJson, SaysWhoWaitedAndHowLong) {
  const client::Json json = client::Json::parse(compare::json_text(comparison()));
  EXPECT_EQ(json.at("type"), "comparison");
  EXPECT_EQ(json.at("settings").dump(),
            R"({"clients":64,"size_bytes":64,"duration_seconds":3.0,"pool_threads":2,"patience_seconds":1.0})");
  const client::Json& first = json.at("models").at(0);
  EXPECT_EQ(first.at("name"), "one at a time");
  EXPECT_EQ(first.at("thread_model"), "blocking-pool");
  EXPECT_EQ(first.at("pool_threads"), 1);
  EXPECT_EQ(first.at("clients_waiting"), 63);
  EXPECT_EQ(first.at("waits").at(0).dump(), R"({"silent_clients":1,"served_meanwhile":false,"waited_seconds":1.001,)"
                                            R"("after_they_left_seconds":0.0002})");
  EXPECT_EQ(json.at("models").at(2).at("pool_threads"), nullptr) << "per-connection has no pool";
}

TEST(Bars, AreOfTheLargestValueAndNeverVanish) {
  const compare::BarBlock block{
      .title = "title",
      .bars = {{"all", 1000, "a"}, {"half", 500, "b"}, {"little", 0.001, "c"}, {"none", 0, "d"}, {"lost", {}, "e"}}};
  EXPECT_THAT(compare::lines_of(block, 38, false), ElementsAre("title                                 ",  //
                                                               "  all            ###########         a",  //
                                                               "  half           ######              b",  //
                                                               "  little         #                   c",  //
                                                               "  none                               d",  //
                                                               "  lost                               -"));
}

TEST(Bars, HaveAColourForEachRowOnlyWhereAsked) {
  const compare::BarBlock block{.title = "title", .bars = {{"one", 2, "2"}, {"two", 2, "2"}}};
  const auto coloured = compare::lines_of(block, 38, true);
  EXPECT_EQ(coloured[1], "  one            \033[31m###########\033[0m         2");
  EXPECT_THAT(coloured[2], HasSubstr("\033[33m"));
  const std::string plain =
      std::regex_replace(compare::laid_out({block, block}, 80, true), std::regex("\033\\[[0-9]+m"), "");
  EXPECT_EQ(plain, compare::laid_out({block, block}, 80, false)) << "colours take no columns";
}

}  // namespace
}  // namespace threadecho::test
