#include "client/latency_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include "text/numbers.h"

namespace threadecho::client {
namespace {

using stats::LatencyHistogram;
using std::chrono::nanoseconds;

constexpr std::array<double, 4> kPercentiles = {50, 90, 99, 99.9};
// What a line of the bars has beside its bar.
constexpr std::size_t kBesideBar = 37;
constexpr std::size_t kShortestBar = 10;
constexpr std::size_t kLongestBar = 40;

struct Step {
  nanoseconds to{0};
  std::uint64_t count = 0;
};

/// Steps 1-2-5 from the least to the largest latency.
std::vector<Step> steps_of(const LatencyHistogram& latencies) {
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

std::string cell(std::string_view text) { return fmt::format("{:>10}", text); }

}  // namespace

std::string latency_table(const std::vector<NamedLatencies>& rows) {
  std::string table;
  for (const auto& [name, latencies] : rows) {
    if (latencies.count() == 0) {
      continue;
    }
    table += fmt::format("{:<11}", name) + cell(text::format_latency(latencies.min()));
    for (const double percent : kPercentiles) {
      const auto percentile = latencies.known_percentile(percent);
      table += cell(percentile ? text::format_latency(*percentile) : "-");
    }
    table += cell(text::format_latency(latencies.max())) + '\n';
  }
  if (table.empty()) {
    return {};
  }
  std::string heading = fmt::format("{:<11}", "") + cell("min");
  for (const double percent : kPercentiles) {
    heading += cell(fmt::format("p{}", percent));
  }
  return heading + cell("max") + '\n' + table;
}

std::string latency_bars(const LatencyHistogram& latencies, std::size_t width) {
  if (latencies.count() == 0) {
    return {};
  }
  const std::size_t longest = std::clamp(width - std::min(width, kBesideBar), kShortestBar, kLongestBar);
  const std::vector<Step> steps = steps_of(latencies);
  const auto most = static_cast<double>(std::max<std::uint64_t>(std::ranges::max(steps, {}, &Step::count).count, 1));
  std::string rows;
  std::uint64_t seen = 0;
  for (const Step& step : steps) {
    seen += step.count;
    // However few there are, the bar shows them.
    const double length =
        step.count == 0
            ? 0
            : std::max(1.0, std::round(static_cast<double>(step.count) / most * static_cast<double>(longest)));
    const double percent = 100.0 * static_cast<double>(seen) / static_cast<double>(latencies.count());
    rows += fmt::format("  < {:<8} {:<{}} {:>11}  {:>7.3f} %\n", text::format_latency(step.to),
                        std::string(static_cast<std::size_t>(length), '#'), longest, text::format_count(step.count),
                        std::floor(percent * 1000) / 1000);
  }
  return rows;
}

}  // namespace threadecho::client
