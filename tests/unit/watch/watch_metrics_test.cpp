#include "watch/watch_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "watch/dry_run.h"
#include "watch/page.h"
#include "watch/targets_json.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using watch::PathRecord;
using watch::WatchSnapshot;

/// A target with a path that is up, one that has been down for 3 s, and the counters of one that is gone.
WatchSnapshot example() {
  WatchSnapshot snapshot{.now = watch::Clock::now(), .targets = {}};
  PathRecord up;
  up.address = *net::Endpoint::parse("192.0.2.1", 9000);
  up.node = "blue";
  up.state = watch::PathState::kUp;
  up.counters = {.messages = {7, 2, 1}, .lost = 2, .outage = 4s, .retransmitted = 5};
  up.side_fails[watch::index_of(watch::ConnectionKind::kFresh)] = true;
  up.round_trip = 1ms;
  up.tcp_round_trip = 2ms;
  PathRecord down;
  down.address = *net::Endpoint::parse("2001:db8::1", 9000);
  down.state = watch::PathState::kDown;
  down.outage_began = snapshot.now - 3s;
  down.counters.messages = {1, 0, 0};
  down.side_fails = up.side_fails;
  down.last_loss = watch::Loss{.failure = {client::FailureKind::kReset, "\"reset\""},
                               .connection = watch::ConnectionKind::kFresh,
                               .place = watch::Place::kHalfClosed,
                               .age = 5s,
                               .local = *net::Endpoint::parse("192.0.2.9", 40000),
                               .at = {},
                               .began = {}};
  watch::TargetSnapshot& target = snapshot.targets.emplace_back();
  target.target.name = "mesh:9000";
  target.target.lost[client::index_of(client::FailureKind::kReset)] = 3;
  target.target.round_trip.observe(1ms);
  target.target.ended = {.messages = {100, 0, 0}, .lost = 1, .outage = 10s, .retransmitted = 0};
  target.paths = {up, down};
  return snapshot;
}

std::string exposed(watch::Labels labels) {
  std::ostringstream out;
  watch::each_watch_family(example(), labels, [&](const prometheus::MetricFamily& family) {
    prometheus::TextSerializer().Serialize(out, {family});
  });
  return out.str();
}

std::size_t series_in(const std::string& text) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    count += line.starts_with('#') ? 0U : 1U;
  }
  return count;
}

TEST(WatchMetrics, HaveSeriesForEachPath) {
  const std::string text = exposed(watch::Labels::kEachAddress);
  const std::string up = R"({target="mesh:9000",address="192.0.2.1:9000",node="blue")";
  const std::string down = R"({target="mesh:9000",address="[2001:db8::1]:9000",node="")";
  const std::vector<std::string> expected = {
      "threadecho_watch_addresses{target=\"mesh:9000\"} 2\n",
      "threadecho_watch_paths_failing{target=\"mesh:9000\",connection=\"lasting\"} 1\n",
      "threadecho_watch_paths_failing{target=\"mesh:9000\",connection=\"fresh\"} 1\n",
      "threadecho_watch_paths_failing{target=\"mesh:9000\",connection=\"idle\"} 0\n",
      "threadecho_watch_up" + up + "} 1\n",
      "threadecho_watch_up" + down + "} 0\n",
      "threadecho_watch_messages_total" + up + ",result=\"ok\"} 7\n",
      "threadecho_watch_messages_total" + up + ",result=\"lost\"} 2\n",
      "threadecho_watch_messages_total" + up + ",result=\"wrong\"} 1\n",
      "threadecho_watch_address_connections_lost_total" + up + "} 2\n",
      "threadecho_watch_outage_seconds_total" + up + "} 4\n",
      "threadecho_watch_outage_seconds_total" + down + "} 3\n",
      "threadecho_watch_tcp_rtt_seconds" + up + "} 0.002\n",
      "threadecho_watch_tcp_retransmitted_segments_total" + up + "} 5\n",
      "threadecho_watch_connections_lost_total{target=\"mesh:9000\",reason=\"reset\"} 3\n",
      "threadecho_watch_connections_lost_total{target=\"mesh:9000\",reason=\"refused\"} 0\n",
      "threadecho_watch_round_trip_seconds_count{target=\"mesh:9000\"} 1\n",
      "threadecho_watch_connect_seconds_count{target=\"mesh:9000\"} 0\n",
  };
  for (const std::string& line : expected) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(series_in(text) + 1, watch::series_count(1, 2, false));
  EXPECT_THAT(text, Not(HasSubstr("tcp_rtt_seconds" + down))) << "no sample while it is down";
}

TEST(WatchMetrics, HaveNoSeriesOfReasonsThatWatchNeverGives) {
  const std::string text = exposed(watch::Labels::kEachAddress);
  for (const char* reason :
       {"not_reading", "bytes_missing", "bytes_repeated", "bytes_reordered", "foreign_bytes", "surplus_bytes"}) {
    EXPECT_THAT(text, Not(HasSubstr(reason)));
  }
  for (const char* reason : {"wrong_bytes", "echo_timeout", "other", "name_not_found"}) {
    EXPECT_THAT(text, HasSubstr("reason=\"" + std::string(reason) + "\""));
  }
}

TEST(WatchMetrics, AddTheAddressesUpAndKeepWhatIsGone) {
  const std::string text = exposed(watch::Labels::kTargetOnly);
  for (const char* line : {"threadecho_watch_up{target=\"mesh:9000\"} 1\n",
                           "threadecho_watch_messages_total{target=\"mesh:9000\",result=\"ok\"} 108\n",
                           "threadecho_watch_address_connections_lost_total{target=\"mesh:9000\"} 3\n",
                           "threadecho_watch_outage_seconds_total{target=\"mesh:9000\"} 17\n",
                           "threadecho_watch_tcp_rtt_seconds{target=\"mesh:9000\"} 0.002\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("address=")));
  EXPECT_EQ(series_in(text), watch::series_count(1, 2, true));
}

TEST(WatchTargetsJson, TellsEachPathAndItsLastLoss) {
  const auto json = nlohmann::json::parse(watch::targets_json(example()));
  const auto& paths = json["targets"][0]["paths"];
  EXPECT_EQ(paths[0]["last_loss"], nullptr);
  EXPECT_EQ(paths[0]["messages"]["ok"], 7);
  EXPECT_EQ(paths[0]["node"], "blue");
  EXPECT_EQ(paths[1]["node"], nullptr);
  EXPECT_EQ(paths[0]["failing"], nlohmann::json({"fresh"}));
  EXPECT_EQ(paths[1]["failing"], nlohmann::json({"lasting"}));
  EXPECT_EQ(paths[1]["state"], "down");
  EXPECT_EQ(paths[1]["outage_seconds"], 3);
  EXPECT_EQ(paths[1]["last_loss"]["reason"], "reset");
  EXPECT_EQ(paths[1]["last_loss"]["message"], "\"reset\"");
  EXPECT_EQ(paths[1]["last_loss"]["place"], "half_closed");
  EXPECT_EQ(paths[1]["last_loss"]["connection"], "fresh");
  EXPECT_EQ(paths[1]["last_loss"]["local_address"], "192.0.2.9:40000");
  EXPECT_EQ(paths[1]["last_loss"]["outage_seconds"], nullptr) << "it lasts";
  EXPECT_TRUE(nlohmann::json::parse(watch::targets_json({}))["targets"].empty());
}

TEST(WatchPage, ShowsNamesAsText) {
  WatchSnapshot snapshot = example();
  snapshot.targets[0].paths[0].node = "<b>&\"";
  EXPECT_THAT(watch::table_rows(snapshot), HasSubstr("<td>&lt;b&gt;&amp;&quot;</td>"));
  for (const http::PageFile& file : watch::page_files()) {
    for (const char* danger : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
      EXPECT_THAT(std::string(file.text), Not(HasSubstr(danger))) << file.path;
    }
  }
}

}  // namespace
}  // namespace threadecho::test
