#include "probe/probe_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "client/failure.h"
#include "probe/probe_lines.h"

namespace threadecho::test {
namespace {

using client::Attempt;
using client::Failure;
using client::FailureKind;
using probe::ProbeResult;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

net::Endpoint endpoint(std::uint16_t port = 9000) { return net::Endpoint::parse("127.0.0.1", port).value(); }

Attempt attempt(std::errc error, std::uint16_t port = 9000) {
  return {.endpoint = endpoint(port), .duration = microseconds(87), .error = std::make_error_code(error)};
}

const std::chrono::system_clock::time_point noon{std::chrono::hours(12)};

TEST(ConnectFailure, HasAKindForEachErrorOfConnect) {
  const auto kind = [](std::errc error) { return client::connect_failure({attempt(error)}).kind; };
  EXPECT_EQ(kind(std::errc::connection_refused), FailureKind::kRefused);
  EXPECT_EQ(kind(std::errc::timed_out), FailureKind::kConnectTimeout);
  EXPECT_EQ(kind(std::errc::connection_reset), FailureKind::kReset);
  EXPECT_EQ(kind(std::errc::host_unreachable), FailureKind::kUnreachable);
  EXPECT_EQ(kind(std::errc::network_unreachable), FailureKind::kUnreachable);
  EXPECT_EQ(kind(std::errc::address_not_available), FailureKind::kNoLocalPort);
  EXPECT_EQ(kind(std::errc::too_many_files_open), FailureKind::kLocalLimit);
}

TEST(ConnectFailure, NamesAllAddressesAndCountsTheOneThatGotFurthest) {
  const Failure failure =
      client::connect_failure({attempt(std::errc::network_unreachable, 1), attempt(std::errc::connection_refused, 2),
                               attempt(std::errc::timed_out, 3)});
  EXPECT_EQ(failure.kind, FailureKind::kRefused);
  EXPECT_THAT(failure.text, HasSubstr("127.0.0.1:1 is unreachable"));
  EXPECT_THAT(failure.text, HasSubstr("127.0.0.1:2 refused"));
  EXPECT_THAT(failure.text, HasSubstr("timed out connecting to 127.0.0.1:3"));
}

class ProbeReport : public ::testing::Test {
 protected:
  ProbeReport() {
    options_.target = {.host = "::1", .port = 9000};
    result_.addresses = {endpoint()};
    result_.attempts = {attempt(std::errc{})};
    result_.attempts[0].local = endpoint(4711);
    result_.attempts[0].began_at = noon;
    result_.began_at = noon;
    result_.attempts_in_all = 1;
    result_.messages.add_echoed(noon, microseconds(200));
    const Failure failure{.kind = FailureKind::kWrongBytes,
                          .text = "wrong bytes",
                          .bytes = 7,
                          .wrong_byte = client::WrongByte{.offset = 7, .expected = std::uint8_t{0x41}, .got = 0x0a}};
    result_.messages.add_lost(noon, failure, "127.0.0.1:4711");
    result_.messages.add_echoed(noon, microseconds(100));
    result_.failure = failure;
    result_.duration = microseconds(2000500);
  }

  probe::ProbeOptions options_;
  ProbeResult result_;
};

TEST_F(ProbeReport, SumsUpAsPingDoes) {
  EXPECT_EQ(probe::summary_text(options_, result_),
            "--- [::1]:9000 echo statistics ---\n"
            "3 messages sent, 2 echoed, 33.33% loss, time 2.00 s\n"
            "lost: wrong_bytes 1\n"
            "                  min       p50       p90       p99     p99.9       max\n"
            "round trip     100 us    100 us         -         -         -    200 us\n");
  EXPECT_EQ(probe::echo_line(64, "[::1]:9000", 1, microseconds(1234)), "64 bytes from [::1]:9000: seq=1 time=1.234 ms");
  EXPECT_EQ(probe::lost_line(2, 2, "wrong bytes"), "lost: seq=2: wrong bytes");
  EXPECT_EQ(probe::lost_line(3, 1003, "as before"), "lost: seq=3 to 1003 (1,001 messages): as before");
  EXPECT_EQ(probe::connected_line(result_.attempts[0]),
            "connected to 127.0.0.1:9000 from 127.0.0.1:4711 time=0.087 ms");
}

TEST_F(ProbeReport, LeavesOutStatisticsOfNothing) {
  result_.messages = {};
  EXPECT_EQ(probe::summary_text(options_, result_),
            "--- [::1]:9000 echo statistics ---\n0 messages sent, 0 echoed, 0% loss, time 2.00 s\n");
}

TEST_F(ProbeReport, HasEverythingInJson) {
  options_.interval = std::chrono::milliseconds(250);
  options_.timeout = std::chrono::seconds(3);
  const auto json = nlohmann::json::parse(probe::json_text(options_, result_));
  EXPECT_EQ(json["target"], "[::1]:9000");
  EXPECT_EQ(json["addresses"], nlohmann::json::array({"127.0.0.1:9000"}));
  EXPECT_EQ(json["type"], "result");
  EXPECT_EQ(json["started_at"], "1970-01-01T12:00:00.000Z");
  EXPECT_EQ(json["connects"][0]["time"], "1970-01-01T12:00:00.000Z");
  EXPECT_EQ(json["connects"][0]["address"], "127.0.0.1:9000");
  EXPECT_EQ(json["connects"][0]["local_address"], "127.0.0.1:4711");
  EXPECT_EQ(json["settings"]["size_bytes"], 64);
  EXPECT_EQ(json["settings"]["interval_seconds"], 0.25);
  EXPECT_EQ(json["settings"]["timeout_seconds"], 3);
  EXPECT_EQ(json["sent"], 3);
  EXPECT_EQ(json["echoed"], 2);
  EXPECT_DOUBLE_EQ(json["loss"], 1.0 / 3);
  EXPECT_DOUBLE_EQ(json["latency"]["min_seconds"], 0.0001);
  EXPECT_DOUBLE_EQ(json["latency"]["max_seconds"], 0.0002);
  EXPECT_TRUE(json["latency"]["p99_seconds"].is_null()) << "it would need 100 messages";
  EXPECT_EQ(json["errors"], nlohmann::json({{"wrong_bytes", 1}}));
  EXPECT_EQ(json["messages"][0]["time"], "1970-01-01T12:00:00.000Z");
  EXPECT_DOUBLE_EQ(json["messages"][0]["rtt_seconds"], 0.0002);
  EXPECT_EQ(json["messages"][1]["error"]["kind"], "wrong_bytes");
  EXPECT_EQ(json["messages"][1]["local_address"], "127.0.0.1:4711");
  EXPECT_TRUE(json["messages"][2]["local_address"].is_null()) << "it had no connection";
  EXPECT_EQ(json["messages_not_listed"], 0);
  EXPECT_EQ(json["connects_not_listed"], 0);
  EXPECT_EQ(json["error"]["offset"], 7);
  EXPECT_EQ(json["error"]["expected"], 0x41);
  EXPECT_EQ(json["error"]["got"], 0x0a);
  EXPECT_TRUE(json["half_close"].is_null());
  EXPECT_TRUE(json["signal"].is_null());
  EXPECT_EQ(json["status"], 15);
}

TEST_F(ProbeReport, HasAStatusForASignalOnlyWhenNothingElseIsKnown) {
  result_.signal = 2;
  EXPECT_EQ(result_.exit_status(), 15);
  result_.failure.reset();
  EXPECT_EQ(result_.exit_status(), 0);
  result_.messages = {};
  EXPECT_EQ(result_.exit_status(), 130);
}

TEST_F(ProbeReport, SaysHowMuchItDoesNotList) {
  constexpr auto kMost = static_cast<int>(probe::ProbeMessages::kMostKept);
  result_.messages = {};
  result_.attempts_in_all = 5;
  for (int i = 0; i < kMost + 3; ++i) {
    result_.messages.add_echoed(noon, microseconds(1));
  }
  const auto json = nlohmann::json::parse(probe::json_text(options_, result_));
  EXPECT_EQ(json["connects_not_listed"], 4);
  EXPECT_EQ(json["messages"].size(), kMost);
  EXPECT_EQ(json["messages_not_listed"], 3);
  EXPECT_EQ(json["sent"], kMost + 3);
}

// `--count 0` has no end.
TEST(ProbeMessages, KeepTheFirstOfEachKindAndCountAll) {
  constexpr std::uint64_t kMost = probe::ProbeMessages::kMostKept;
  probe::ProbeMessages messages;
  for (std::uint64_t i = 1; i <= 3 * kMost; ++i) {
    messages.add_echoed(noon, nanoseconds(1000 * i));
    messages.add_lost(noon, {FailureKind::kEchoTimeout, "timed out"});
  }
  EXPECT_EQ(messages.echoed(), 3 * kMost);
  EXPECT_EQ(messages.lost(), 3 * kMost);
  EXPECT_EQ(messages.sent(), 6 * kMost);
  ASSERT_EQ(messages.kept().size(), 2 * kMost);
  EXPECT_EQ(messages.kept().front().sequence, 1U);
  EXPECT_EQ(messages.kept().back().sequence, 2 * kMost);
  EXPECT_TRUE(messages.kept().back().failure);
}

TEST(ProbeLines, MessagesThatAreLostForTheSameReasonAreToldOnce) {
  std::vector<std::string> lines;
  const probe::PrintLine print = [&](std::string_view line, probe::Line, probe::ProbeLines::WallTime) {
    lines.emplace_back(line);
  };
  probe::ProbeLines lost(print);
  for (std::uint64_t sequence = 1; sequence <= 30; ++sequence) {
    lost.lost(sequence, "refused");
  }
  EXPECT_THAT(lines, ElementsAre("lost: seq=1: refused"));
  lost.flush();
  lost.lost(31, "refused");
  lost.lost(32, "timed out");
  EXPECT_THAT(lines, ElementsAre("lost: seq=1: refused", "lost: seq=2 to 30 (29 messages): as before",
                                 "lost: seq=31: refused", "lost: seq=32: timed out"));
}

TEST(ProbeLines, HoldNoLostMessageBackForLongerThanASecond) {
  std::vector<std::string> lines;
  std::vector<probe::ProbeLines::WallTime> times;
  const probe::PrintLine print = [&](std::string_view line, probe::Line, probe::ProbeLines::WallTime at) {
    lines.emplace_back(line);
    times.push_back(at);
  };
  probe::ProbeLines lost(print);
  lost.lost(1, "refused");
  EXPECT_EQ(lost.next_flush(), probe::ProbeLines::Clock::time_point::max()) << "nothing is held back";
  for (std::uint64_t sequence = 2; sequence <= 4; ++sequence) {
    lost.lost(sequence, "refused");
  }
  const auto due = lost.next_flush();
  EXPECT_LE(due, probe::ProbeLines::Clock::now() + std::chrono::seconds(1));
  lost.flush_late(due - nanoseconds(1));
  EXPECT_EQ(lines.size(), 1U);
  lost.flush_late(due);
  lost.lost(5, "refused");
  EXPECT_THAT(lines, ElementsAre("lost: seq=1: refused", "lost: seq=2 to 4 (3 messages): as before"));
  EXPECT_TRUE(std::ranges::is_sorted(times));
  lost.flush_late(lost.next_flush());
  EXPECT_EQ(lines.back(), "lost: seq=5: as before");
}

TEST_F(ProbeReport, TellsMessagesThatWereCutShortAndStallsOfThisHost) {
  result_.messages.leave_unanswered(2);
  result_.local_stalls.note(std::chrono::milliseconds(2400));
  result_.look_ups_failed["name x not found"] = 3;
  const std::string text = probe::summary_text(options_, result_);
  EXPECT_THAT(text, HasSubstr("5 messages sent, 2 echoed, 2 unanswered, 20% loss"));
  EXPECT_THAT(text, HasSubstr("\nheld up: this host did not run the client for 2.40 s\n"));
  const auto json = nlohmann::json::parse(probe::json_text(options_, result_));
  EXPECT_EQ(json["sent"], 5);
  EXPECT_EQ(json["unanswered"], 2);
  EXPECT_EQ(json["messages_not_listed"], 2);
  EXPECT_EQ(json["local_stalls"]["count"], 1);
  EXPECT_DOUBLE_EQ(json["local_stalls"]["longest_seconds"], 2.4);
  EXPECT_EQ(json["look_ups_failed"].dump(), R"([{"count":3,"message":"name x not found"}])");
}

TEST(LocalStalls, CountFromAFifthOfASecondOn) {
  client::LocalStalls one;
  EXPECT_FALSE(one.note(client::LocalStalls::kShortest - nanoseconds(1)));
  EXPECT_TRUE(one.note(client::LocalStalls::kShortest));
  client::LocalStalls other;
  other.note(std::chrono::seconds(1));
  other.note(std::chrono::seconds(2));
  one.merge(other);
  EXPECT_EQ(client::text_of(one), "this host did not run the client 2 times, for 3.00 s in all and 2.00 s at most");
}

TEST(ProbeJson, SurvivesAHostThatIsNotUtf8) {
  probe::ProbeOptions options;
  options.target = {.host = "\xff", .port = 1};
  ProbeResult result;
  result.failure = client::name_failure(options.target, "why");
  EXPECT_EQ(nlohmann::json::parse(probe::json_text(options, result))["status"], 16);
}

}  // namespace
}  // namespace threadecho::test
