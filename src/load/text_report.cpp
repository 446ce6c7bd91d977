#include "load/text_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string_view>
#include <vector>

#include "load/number_format.h"

namespace threadecho::load {
namespace {

using std::chrono::nanoseconds;

constexpr double kNanosecondsPerSecond = 1e9;
constexpr int kBarWidth = 40;
// In the table; JSON has all of them.
constexpr std::size_t kMostIncidentsShown = 20;

std::string count_of(std::uint64_t count, std::string_view noun) {
  return format_count(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string format_rate(double per_second) {
  return per_second < 100 ? format_decimal(per_second, 1) : format_count(static_cast<std::uint64_t>(per_second));
}

std::string description(const LoadOptions& options) {
  std::string text = count_of(options.connections, "connection") + ", " + count_of(options.size, "byte") +
                     " a message, " + count_of(options.threads, "thread");
  switch (options.mode) {
    case LoadMode::kClosed:
      return "closed loop, " + text +
             (options.pipeline > 1 ? ", " + count_of(options.pipeline, "message") + " at once" : "");
    case LoadMode::kOpen:
      return "open loop, " + format_rate(options.rate) + " messages/s, " + text;
    case LoadMode::kBulk:
      return "bulk, " + text;
    case LoadMode::kChurn:
      return "churn, " + text;
    case LoadMode::kHold:
      break;
  }
  return "hold, " + text;
}

void latency_rows(std::ostringstream& text, const stats::LatencyHistogram& latencies, std::string_view title) {
  if (latencies.count() == 0) {
    return;
  }
  text << title << "min " << format_latency(latencies.min()) << "   p50 " << format_latency(latencies.percentile(50))
       << "   p90 " << format_latency(latencies.percentile(90)) << "   p99 " << format_latency(latencies.percentile(99))
       << "   p99.9 " << format_latency(latencies.percentile(99.9)) << "   max " << format_latency(latencies.max())
       << '\n';
}

void throughput_rows(std::ostringstream& text, const LoadResult& result) {
  if (result.options.mode == LoadMode::kHold) {
    text << "held         " << format_decimal(result.measured_seconds, 1) << " s; at the end "
         << format_count(result.proved) << " of " << count_of(result.options.connections, "connection")
         << " still echoed\n";
    return;
  }
  text << "messages     " << format_count(result.messages) << " in " << format_decimal(result.measured_seconds, 2)
       << " s" << (result.stopped_early ? " (ended early)" : "") << ", " << format_rate(result.messages_per_second())
       << "/s\n"
       << "bytes        " << format_bytes(result.bytes_per_second()) << "/s each way\n";
  if (result.missed_messages > 0) {
    text << "missed       " << count_of(result.missed_messages, "message")
         << " that were due while their connection was down, or were lost with it\n";
  }
}

void error_rows(std::ostringstream& text, const LoadResult& result) {
  if (result.is_clean()) {
    text << "errors       none: no connection was lost or refused, every byte was right, there was no gap\n";
    return;
  }
  text << "errors       " << format_count(result.incidents.total());
  std::string_view separator = ": ";
  for (const auto& [name, count] : result.incidents.counts()) {
    if (count > 0) {
      text << separator << name << ' ' << format_count(count);
      separator = ", ";
    }
  }
  text << '\n';
  if (result.options.reconnect) {
    text << "reconnected  " << format_count(result.incidents.total_recovered()) << " of "
         << format_count(result.incidents.total());
    Nanoseconds longest = -1;
    for (const LoadIncident& incident : result.incidents.kept()) {
      longest = std::max(longest, incident.recovered_after);
    }
    text << (longest < 0 ? "" : ", the slowest after " + format_latency(nanoseconds(longest))) << '\n';
  }
}

void incident_rows(std::ostringstream& text, const LoadResult& result) {
  std::size_t shown = 0;
  for (const LoadIncident& incident : result.incidents.kept()) {
    if (shown++ == kMostIncidentsShown) {
      text << "  ... and " << format_count(result.incidents.total() - kMostIncidentsShown) << " more (--json lists "
           << "them)\n";
      break;
    }
    text << "  at " << format_decimal(static_cast<double>(incident.at - result.began) / kNanosecondsPerSecond, 3)
         << " s  connection " << incident.connection << ": " << client::words_of(incident.failure.kind).load_name
         << ": " << incident.failure.text;
    if (incident.recovered_after >= 0) {
      text << "; back after " << format_latency(nanoseconds(incident.recovered_after));
    } else if (result.options.reconnect) {
      text << "; not back (" << count_of(incident.attempts, "failed attempt") << ")";
    }
    text << '\n';
  }
}

struct Step {
  nanoseconds from{0};
  nanoseconds to{0};
};

std::vector<Step> steps_over(nanoseconds least, nanoseconds largest) {
  std::vector<Step> steps;
  nanoseconds from{0};
  for (nanoseconds decade{1}; from <= largest; decade *= 10) {
    for (const int digit : {1, 2, 5}) {
      const nanoseconds to = decade * digit;
      if (to > least && from <= largest) {
        steps.push_back({from, to});
      }
      from = to;
    }
  }
  return steps;
}

/// One line for each step 1-2-5 from the least to the largest latency, each with a bar, its count and what share of all
/// latencies is up to there.
void histogram_rows(std::ostringstream& text, const stats::LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return;
  }
  text << "\nlatency, and the share of messages up to it\n";
  const std::vector<Step> steps = steps_over(latencies.min(), latencies.max());
  std::uint64_t most = 1;
  for (const Step& step : steps) {
    most = std::max(most, latencies.count_between(step.from, step.to));
  }
  std::uint64_t seen = 0;
  for (const Step& step : steps) {
    const std::uint64_t count = latencies.count_between(step.from, step.to);
    seen += count;
    const double share = static_cast<double>(count) / static_cast<double>(most);
    // However few there are, the bar shows them.
    const int width = count == 0 ? 0 : std::max(1, static_cast<int>(std::lround(share * kBarWidth)));
    const double up_to_here = 100.0 * static_cast<double>(seen) / static_cast<double>(latencies.count());
    text << "  < " << std::left << std::setw(8) << format_latency(step.to) << ' ' << std::setw(kBarWidth)
         << std::string(static_cast<std::size_t>(width), '#') << ' ' << std::right << std::setw(11)
         << format_count(count) << "  " << std::setw(7) << format_decimal(std::floor(up_to_here * 1000) / 1000, 3)
         << " %\n";
  }
}

}  // namespace

std::string text_report(const LoadResult& result) {
  std::ostringstream text;
  text << result.options.target.to_string() << " (" << result.target.to_string() << "): " << description(result.options)
       << "\n\n";
  throughput_rows(text, result);
  latency_rows(text, result.latencies, "latency      ");
  latency_rows(text, result.connect_times, "connect      ");
  error_rows(text, result);
  incident_rows(text, result);
  histogram_rows(text, result.latencies);
  return text.str();
}

}  // namespace threadecho::load
