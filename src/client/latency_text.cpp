#include "client/latency_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "text/numbers.h"

namespace threadecho::client {
namespace {

using stats::LatencyHistogram;
using std::chrono::nanoseconds;

constexpr std::array<double, 4> kPercentiles = {50, 90, 99, 99.9};
constexpr std::size_t kNameWidth = 11;
constexpr std::size_t kCellWidth = 10;
// What a line of the bars has beside its bar.
constexpr std::size_t kBesideBar = 37;
constexpr std::size_t kCountWidth = 12;
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

/// A name and what stands beside it: min, the percentiles, max.
using Cells = std::array<std::string, kPercentiles.size() + 3>;

Cells headings() {
  Cells cells = {"", "min"};
  std::ranges::transform(kPercentiles, cells.begin() + 2, [](double percent) { return fmt::format("p{}", percent); });
  cells.back() = "max";
  return cells;
}

Cells cells_of(std::string_view name, const LatencyHistogram& latencies) {
  Cells cells = {std::string(name), text::format_latency(latencies.min())};
  std::ranges::transform(kPercentiles, cells.begin() + 2, [&](double percent) {
    const auto percentile = latencies.known_percentile(percent);
    return percentile ? text::format_latency(*percentile) : "-";
  });
  cells.back() = text::format_latency(latencies.max());
  return cells;
}

}  // namespace

std::string latency_table(const std::vector<NamedLatencies>& rows, std::size_t width) {
  std::vector<Cells> columns = {headings()};
  for (const auto& [name, latencies] : rows) {
    if (latencies.count() > 0) {
      columns.push_back(cells_of(name, latencies));
    }
  }
  if (columns.size() == 1) {
    return {};
  }
  const std::size_t cells = columns.front().size();
  const bool is_wide = kNameWidth + (cells - 1) * kCellWidth <= width;
  std::string table;
  for (std::size_t row = 0; row < (is_wide ? columns.size() : cells); ++row) {
    for (std::size_t column = 0; column < (is_wide ? cells : columns.size()); ++column) {
      const std::string& text = is_wide ? columns[row].at(column) : columns[column].at(row);
      table += column == 0 ? fmt::format("{:<{}}", text, kNameWidth) : fmt::format("{:>{}}", text, kCellWidth);
    }
    table += '\n';
  }
  return table;
}

std::string latency_bars(const LatencyHistogram& latencies, std::size_t width) {
  if (latencies.count() == 0) {
    return {};
  }
  const bool has_counts = width >= kBesideBar + kShortestBar;
  const std::size_t beside = has_counts ? kBesideBar : kBesideBar - kCountWidth;
  const std::size_t longest = std::clamp(width - std::min(width, beside), kShortestBar, kLongestBar);
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
    rows += fmt::format("  < {:<8} {:<{}}{}  {:>7.3f} %\n", text::format_latency(step.to),
                        std::string(static_cast<std::size_t>(length), '#'), longest,
                        has_counts ? fmt::format("{:>{}}", text::format_count(step.count), kCountWidth) : "",
                        std::floor(percent * 1000) / 1000);
  }
  return rows;
}

}  // namespace threadecho::client
