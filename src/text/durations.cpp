#include "text/durations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "text/ascii.h"

namespace threadecho::text {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t milliseconds;
  bool only_if_exact;  ///< when printing: 90d reads better than 12w6d
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

constexpr std::array kDurationUnits{
    DurationUnit{"y", 365 * kDay, true}, DurationUnit{"w", 7 * kDay, true}, DurationUnit{"d", kDay, false},
    DurationUnit{"h", kHour, false},     DurationUnit{"m", kMinute, false}, DurationUnit{"s", kSecond, false},
    DurationUnit{"ms", 1, false},
};

// The whole milliseconds in 2^63 - 1 ns.
constexpr std::int64_t kMaxMilliseconds = INT64_MAX / 1'000'000;

constexpr std::string_view kNotADuration =
    "not a duration (whole numbers with units y w d h m s ms, biggest first, such as 250ms, 30s or 1h30m)";

using Milliseconds = Parsed<std::chrono::milliseconds>;

}  // namespace

Milliseconds parse_duration(std::string_view text) {
  if (text == "0") {
    return Milliseconds::good(std::chrono::milliseconds{0});
  }
  if (text.empty()) {
    return Milliseconds::bad(std::string(kNotADuration));
  }
  std::int64_t total = 0;
  bool too_long = false;  // reported only if the rest is well-formed, too
  const auto* unit = kDurationUnits.begin();
  while (!text.empty()) {
    const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    std::int64_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + digits, count);
    text.remove_prefix(digits);
    const auto letters = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_digit) - text.begin());
    const std::string_view name = text.substr(0, letters) == "min" ? "m" : text.substr(0, letters);
    // Searching on from the last unit keeps them in order.
    unit = std::find_if(unit, kDurationUnits.end(), [&](const DurationUnit& u) { return u.name == name; });
    if (digits == 0 || unit == kDurationUnits.end()) {
      return Milliseconds::bad(std::string(kNotADuration));
    }
    if (parsed.ec == std::errc::result_out_of_range || count > (kMaxMilliseconds - total) / unit->milliseconds) {
      too_long = true;
    } else {
      total += count * unit->milliseconds;
    }
    text.remove_prefix(letters);
    ++unit;
  }
  return too_long ? Milliseconds::bad("too long for a duration (at most 292 years)")
                  : Milliseconds::good(std::chrono::milliseconds{total});
}

std::string format_duration(std::chrono::milliseconds duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) {
    return "0s";
  }
  std::string text;
  for (const DurationUnit& unit : kDurationUnits) {
    if (unit.only_if_exact && rest % unit.milliseconds != 0) {
      continue;
    }
    const std::int64_t count = rest / unit.milliseconds;
    if (count > 0) {
      text += std::to_string(count);
      text += unit.name;
      rest -= count * unit.milliseconds;
    }
  }
  return text;
}

}  // namespace threadecho::text
