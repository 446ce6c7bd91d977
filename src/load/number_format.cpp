#include "load/number_format.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <span>

namespace threadecho::load {
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

}  // namespace

std::string format_latency(std::chrono::nanoseconds latency) {
  constexpr std::array<std::string_view, 3> kUnits = {"us", "ms", "s"};
  return latency.count() < 1000 ? std::to_string(latency.count()) + " ns"
                                : with_unit(static_cast<double>(latency.count()) / 1000, kUnits);
}

std::string format_bytes(double bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"kB", "MB", "GB", "TB"};
  return bytes < 999.5 ? fmt::format("{:.0f} B", bytes) : with_unit(bytes / 1000, kUnits);
}

std::string format_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) {
    text.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return text;
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

}  // namespace threadecho::load
