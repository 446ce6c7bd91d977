#include "load/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "text/durations.h"
#include "text/numbers.h"

namespace threadecho::load {
namespace {

using std::chrono::nanoseconds;

constexpr int kBarWidth = 40;
// JSON has more of them.
constexpr std::size_t kMostIncidentsShown = 20;

std::string description(const LoadOptions& options) {
  const std::string size = fmt::format("{}, {} a message, {}", text::count_of(options.connections, "connection"),
                                       text::count_of(options.size, "byte"), text::count_of(options.threads, "thread"));
  switch (options.mode) {
    case LoadMode::kClosed:
      return "closed loop, " + size +
             (options.pipeline > 1 ? ", " + text::count_of(options.pipeline, "message") + " at once" : "");
    case LoadMode::kOpen:
      return fmt::format("open loop, {} messages/s, {}", text::format_rate(options.rate), size);
    default:
      return fmt::format("{}, {}", name_of(options.mode), size);
  }
}

std::string latency_row(std::string_view title, const stats::LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return {};
  }
  const auto percentile = [&](double percent) { return text::format_latency(latencies.percentile(percent)); };
  return fmt::format("{:<13}min {}   p50 {}   p90 {}   p99 {}   p99.9 {}   max {}\n", title,
                     text::format_latency(latencies.min()), percentile(50), percentile(90), percentile(99),
                     percentile(99.9), text::format_latency(latencies.max()));
}

std::string throughput_rows(const LoadResult& result) {
  if (result.options.mode == LoadMode::kHold) {
    return fmt::format("held         {:.1f} s; at the end {} of {} still echoed\n", result.measured_seconds,
                       text::format_count(result.proved), text::count_of(result.options.connections, "connection"));
  }
  std::string rows = fmt::format(
      "messages     {} in {:.2f} s{}, {}/s\nbytes        {}/s each way\n", text::format_count(result.messages),
      result.measured_seconds, result.stopped_early ? " (ended early)" : "",
      text::format_rate(result.messages_per_second()), text::format_bytes(result.bytes_per_second()));
  if (result.missed_messages > 0) {
    rows += fmt::format("missed       {} that were due while their connection was down, or were lost with it\n",
                        text::count_of(result.missed_messages, "message"));
  }
  return rows;
}

std::string error_rows(const LoadResult& result) {
  if (result.is_clean()) {
    return "errors       none: no connection was lost or refused, every byte was right, there was no gap\n";
  }
  const LoadIncidents& incidents = result.incidents;
  std::string rows = "errors       " + text::format_count(incidents.total());
  std::string_view separator = ": ";
  for (const auto& [name, count] : incidents.counts()) {
    if (count > 0) {
      rows += fmt::format("{}{} {}", separator, name, text::format_count(count));
      separator = ", ";
    }
  }
  rows += '\n';
  if (result.options.reconnect) {
    const auto slowest = std::ranges::max_element(incidents.kept(), {}, &LoadIncident::recovered_after);
    const bool has_recovered = slowest != incidents.kept().end() && slowest->recovered_after >= 0;
    rows += fmt::format(
        "reconnected  {} of {}{}\n", text::format_count(incidents.total_recovered()),
        text::format_count(incidents.total()),
        has_recovered ? ", the slowest after " + text::format_latency(nanoseconds(slowest->recovered_after)) : "");
  }
  return rows;
}

std::string incident_rows(const LoadResult& result) {
  std::string rows;
  std::size_t shown = 0;
  for (const LoadIncident& incident : result.incidents.kept()) {
    if (shown++ == kMostIncidentsShown) {
      return rows + fmt::format("  ... and {} more (--json lists them)\n",
                                text::format_count(result.incidents.total() - kMostIncidentsShown));
    }
    rows +=
        fmt::format("  at {:.3f} s  connection {}: {}: {}", text::in_seconds(nanoseconds(incident.at - result.began)),
                    incident.connection, client::words_of(incident.failure.kind).load_name, incident.failure.text);
    if (incident.recovered_after >= 0) {
      rows += "; back after " + text::format_latency(nanoseconds(incident.recovered_after));
    } else if (result.options.reconnect) {
      rows += fmt::format("; not back ({})", text::count_of(incident.attempts, "failed attempt"));
    }
    rows += '\n';
  }
  return rows;
}

struct Step {
  nanoseconds to{0};
  std::uint64_t count = 0;
};

/// Steps 1-2-5 from the least to the largest latency.
std::vector<Step> steps_of(const stats::LatencyHistogram& latencies) {
  std::vector<Step> steps;
  nanoseconds from{0};
  for (nanoseconds decade{1}; from <= latencies.max(); decade *= 10) {
    for (const int digit : {1, 2, 5}) {
      const nanoseconds to = decade * digit;
      if (to > latencies.min() && from <= latencies.max()) {
        steps.push_back({to, latencies.count_between(from, to)});
      }
      from = to;
    }
  }
  return steps;
}

/// One line for each step: a bar, its count, and what share of all latencies is up to there.
std::string histogram_rows(const stats::LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return {};
  }
  std::string rows = "\nlatency, and the share of messages up to it\n";
  const std::vector<Step> steps = steps_of(latencies);
  const auto most = static_cast<double>(std::max<std::uint64_t>(std::ranges::max(steps, {}, &Step::count).count, 1));
  std::uint64_t seen = 0;
  for (const Step& step : steps) {
    seen += step.count;
    // However few there are, the bar shows them.
    const double width =
        step.count == 0 ? 0 : std::max(1.0, std::round(static_cast<double>(step.count) / most * kBarWidth));
    const double percent = 100.0 * static_cast<double>(seen) / static_cast<double>(latencies.count());
    rows += fmt::format("  < {:<8} {:<{}} {:>11}  {:>7.3f} %\n", text::format_latency(step.to),
                        std::string(static_cast<std::size_t>(width), '#'), kBarWidth, text::format_count(step.count),
                        std::floor(percent * 1000) / 1000);
  }
  return rows;
}

}  // namespace

std::string text_report(const LoadResult& result) {
  return fmt::format("{} ({}): {}\n\n", result.options.target.to_string(), result.target.to_string(),
                     description(result.options)) +
         throughput_rows(result) + latency_row("latency", result.latencies) +
         latency_row("connect", result.connect_times) + error_rows(result) + incident_rows(result) +
         histogram_rows(result.latencies);
}

}  // namespace threadecho::load
