#include "load/load_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string_view>
#include <vector>

namespace threadecho::load {
namespace {

using std::chrono::nanoseconds;

constexpr int kBarWidth = 40;

std::string with_unit(double value, std::string_view unit) {
  const int decimals = value < 10 ? 2 : (value < 100 ? 1 : 0);
  return format_decimal(value, decimals) + ' ' + std::string(unit);
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

}  // namespace

std::string format_decimal(double value, int decimals) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(decimals) << value;
  return text.str();
}

std::string format_latency(nanoseconds latency) {
  constexpr std::array<std::string_view, 3> kUnits = {"us", "ms", "s"};
  if (latency.count() < 1000) {
    return std::to_string(latency.count()) + " ns";
  }
  double value = static_cast<double>(latency.count()) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return with_unit(value, kUnits.at(unit));
}

std::string format_bytes(double bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes < 999.5) {
    return format_decimal(bytes, 0) + " B";
  }
  double value = bytes / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return with_unit(value, kUnits.at(unit));
}

std::string format_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) {
    text.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return text;
}

std::string draw_histogram(const stats::LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return {};
  }
  const std::vector<Step> steps = steps_over(latencies.min(), latencies.max());
  std::uint64_t most = 1;
  for (const Step& step : steps) {
    most = std::max(most, latencies.count_between(step.from, step.to));
  }
  std::ostringstream text;
  std::uint64_t seen = 0;
  for (const Step& step : steps) {
    const std::uint64_t count = latencies.count_between(step.from, step.to);
    seen += count;
    const double share = static_cast<double>(count) / static_cast<double>(most);
    // What is there is seen, however little it is.
    const int width = count == 0 ? 0 : std::max(1, static_cast<int>(std::lround(share * kBarWidth)));
    const double up_to_here = 100.0 * static_cast<double>(seen) / static_cast<double>(latencies.count());
    text << "  < " << std::left << std::setw(8) << format_latency(step.to) << ' ' << std::setw(kBarWidth)
         << std::string(static_cast<std::size_t>(width), '#') << ' ' << std::right << std::setw(11)
         << format_count(count) << "  " << std::setw(7) << format_decimal(std::floor(up_to_here * 1000) / 1000, 3)
         << " %\n";
  }
  return text.str();
}

}  // namespace threadecho::load
