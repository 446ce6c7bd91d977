#include "text/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace threadecho::text {
namespace {

/// `value` in the smallest of the units that keeps it below 1000; each unit is 1000 of the one before.
std::string with_unit(double value, std::span<const std::string_view> units) {
  while (value >= 999.5 && units.size() > 1) {
    value /= 1000;
    units = units.subspan(1);
  }
  const int decimals = value < 10 ? 2 : (value < 100 ? 1 : 0);
  return fmt::format("{:.{}f} {}", value, decimals, units.front());
}

/// With as many decimals as two significant digits need.
std::string below_ten(double value) {
  constexpr int kMostDecimals = 15;
  const int decimals = value >= 1 ? 1 : 1 - static_cast<int>(std::floor(std::log10(value)));
  return fmt::format("{:.{}f}", value, std::min(decimals, kMostDecimals));
}

}  // namespace

std::string format_latency(std::chrono::nanoseconds latency) {
  constexpr std::array<std::string_view, 3> kUnits = {"us", "ms", "s"};
  return latency.count() < 1000 ? std::to_string(latency.count()) + " ns"
                                : with_unit(static_cast<double>(latency.count()) / 1000, kUnits);
}

std::string format_bytes(double bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes >= 999.5) {
    return with_unit(bytes / 1000, kUnits);
  }
  return (bytes > 0 && bytes < 9.95 ? below_ten(bytes) : fmt::format("{:.0f}", bytes)) + " B";
}

std::string format_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) {
    text.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return text;
}

std::string format_rate(double per_second) {
  if (per_second <= 0) {
    return "0";
  }
  if (per_second < 9.95) {
    return below_ten(per_second);
  }
  return per_second < 99.95 ? fmt::format("{:.1f}", per_second)
                            : format_count(static_cast<std::uint64_t>(std::llround(per_second)));
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

}  // namespace threadecho::text
