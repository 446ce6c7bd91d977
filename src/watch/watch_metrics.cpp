#include "watch/watch_metrics.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "admin/families.h"
#include "text/durations.h"

namespace threadecho::watch {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Take = std::function<void(const MetricFamily&)>;

/// The rows that have series: one for each path, or one for each target with its paths added up.
struct Row {
  std::vector<ClientMetric::Label> labels;
  PathCounters counters;
  nanoseconds outage{0};
  std::uint64_t up = 0;
  std::optional<nanoseconds> tcp_round_trip = {};
};

Row row_of(const TargetRecord& target, const PathRecord& path, Clock::time_point now) {
  return {.labels = {{"target", target.name}, {"address", path.address.to_string()}, {"node", path.node}},
          .counters = path.counters,
          .outage = path.outage(now),
          .up = path.state == PathState::kUp ? 1U : 0U,
          .tcp_round_trip = path.tcp_round_trip};
}

Row sum_of(const TargetSnapshot& target, Clock::time_point now) {
  Row sum{.labels = {{"target", target.target.name}},
          .counters = target.target.ended,
          .outage = target.target.ended.outage};
  for (const PathRecord& path : target.paths) {
    sum.counters.add(path.counters);
    sum.outage += path.outage(now);
    sum.up += path.state == PathState::kUp ? 1 : 0;
    sum.tcp_round_trip = std::max(sum.tcp_round_trip, path.tcp_round_trip);
  }
  return sum;
}

std::vector<Row> rows_of(const WatchSnapshot& snapshot, Labels labels) {
  std::vector<Row> rows;
  for (const TargetSnapshot& target : snapshot.targets) {
    if (labels == Labels::kTargetOnly) {
      rows.push_back(sum_of(target, snapshot.now));
      continue;
    }
    for (const PathRecord& path : target.paths) {
      rows.push_back(row_of(target.target, path, snapshot.now));
    }
  }
  return rows;
}

ClientMetric metric(MetricType type, std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric result;
  result.label = std::move(labels);
  (type == MetricType::Gauge ? result.gauge.value : result.counter.value) = value;
  return result;
}

/// A family with a series for each row that has a value.
template <typename Value>
void take_rows(const Take& take, MetricType type, std::string_view name, std::string_view help,
               const std::vector<Row>& rows, Value value) {
  MetricFamily family = admin::family(name, help, type);
  for (const Row& row : rows) {
    if (const std::optional<double> known = value(row)) {
      family.metric.push_back(metric(type, row.labels, *known));
    }
  }
  take(family);
}

void take_messages(const Take& take, const std::vector<Row>& rows) {
  MetricFamily family =
      admin::family("threadecho_watch_messages_total",
                    "Messages due on lasting connections, one in each interval, by result: ok came back in time and "
                    "byte-exact, lost did not, wrong came back changed.",
                    MetricType::Counter);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kMessageResultNames.size(); ++i) {
      auto labels = row.labels;
      labels.push_back({"result", std::string(kMessageResultNames[i])});
      family.metric.push_back(
          metric(MetricType::Counter, std::move(labels), static_cast<double>(row.counters.messages[i])));
    }
  }
  take(family);
}

void take_losses(const Take& take, const WatchSnapshot& snapshot) {
  MetricFamily family = admin::family("threadecho_watch_connections_lost_total",
                                      "Connections lost or refused, by reason; attempts that fail again within an "
                                      "outage do not count.",
                                      MetricType::Counter);
  for (const TargetSnapshot& target : snapshot.targets) {
    for (const client::FailureWords& words : client::kFailureKinds) {
      if (!is_kind_of_watch(words.kind)) {
        continue;
      }
      family.metric.push_back(metric(MetricType::Counter,
                                     {{"target", target.target.name}, {"reason", std::string(words.name)}},
                                     static_cast<double>(target.target.lost.at(client::index_of(words.kind)))));
    }
  }
  take(family);
}

void take_failing(const Take& take, const WatchSnapshot& snapshot) {
  MetricFamily family = admin::family("threadecho_watch_paths_failing",
                                      "Paths on which connections of this kind are failing. While the lasting "
                                      "connection fails, the path is down and the others are not tried.",
                                      MetricType::Gauge);
  for (const TargetSnapshot& target : snapshot.targets) {
    for (std::size_t i = 0; i < kConnectionNames.size(); ++i) {
      const auto failing = std::ranges::count_if(
          target.paths, [i](const PathRecord& path) { return path.fails(static_cast<ConnectionKind>(i)); });
      family.metric.push_back(metric(
          MetricType::Gauge, {{"target", target.target.name}, {"connection", std::string(kConnectionNames.at(i))}},
          static_cast<double>(failing)));
    }
  }
  take(family);
}

void take_histogram(const Take& take, std::string_view name, std::string_view help, const WatchSnapshot& snapshot,
                    TripHistogram TargetRecord::*member) {
  MetricFamily family = admin::family(name, help, MetricType::Histogram);
  for (const TargetSnapshot& target : snapshot.targets) {
    ClientMetric& added = family.metric.emplace_back();
    added.label = {{"target", target.target.name}};
    const TripHistogram& values = target.target.*member;
    added.histogram = admin::histogram_value(kTripBounds, values.buckets, values.sum);
  }
  take(family);
}

void take_targets(const Take& take, const WatchSnapshot& snapshot) {
  MetricFamily family =
      admin::family("threadecho_watch_addresses", "Addresses of a target that are watched.", MetricType::Gauge);
  for (const TargetSnapshot& target : snapshot.targets) {
    family.metric.push_back(
        metric(MetricType::Gauge, {{"target", target.target.name}}, static_cast<double>(target.paths.size())));
  }
  take(family);
  take_failing(take, snapshot);
  take_histogram(take, "threadecho_watch_round_trip_seconds",
                 "Time from sending a message to receiving the last byte of its echo, on lasting connections.",
                 snapshot, &TargetRecord::round_trip);
  take_histogram(take, "threadecho_watch_connect_seconds", "Time to connect, of connections that succeeded.", snapshot,
                 &TargetRecord::connect);
  take_losses(take, snapshot);
}

}  // namespace

void each_watch_family(const WatchSnapshot& snapshot, Labels labels, const Take& take) {
  take_targets(take, snapshot);
  const std::vector<Row> rows = rows_of(snapshot, labels);
  take_rows(take, MetricType::Gauge, "threadecho_watch_up",
            "1 while the lasting connection of a path echoes, else 0; with --aggregate how many do.", rows,
            [](const Row& row) { return static_cast<double>(row.up); });
  take_messages(take, rows);
  take_rows(take, MetricType::Counter, "threadecho_watch_address_connections_lost_total",
            "Connections lost or refused, by path.", rows,
            [](const Row& row) { return static_cast<double>(row.counters.lost); });
  take_rows(take, MetricType::Counter, "threadecho_watch_outage_seconds_total",
            "Time in which the lasting connection did not echo; a running outage counts.", rows,
            [](const Row& row) { return text::in_seconds(row.outage); });
  take_rows(
      take, MetricType::Gauge, "threadecho_watch_tcp_rtt_seconds",
      "Round trip of the lasting connection as the kernel smooths it; with --aggregate the longest. No sample while "
      "the path is down.",
      rows, [](const Row& row) {
        return row.tcp_round_trip ? std::optional(text::in_seconds(*row.tcp_round_trip)) : std::nullopt;
      });
  take_rows(take, MetricType::Counter, "threadecho_watch_tcp_retransmitted_segments_total",
            "Segments that the kernel sent again, of all connections of a path.", rows,
            [](const Row& row) { return static_cast<double>(row.counters.retransmitted); });
}

}  // namespace threadecho::watch
