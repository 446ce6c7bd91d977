#include "text/timestamps.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "text/ascii.h"

namespace threadecho::text {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr const char* kNotATime = "not a time of RFC 3339, such as 2026-11-27T14:30:00Z or 2026-11-27T15:30:00+01:00";

/// Parses a text from its beginning. `ok` becomes false at the first part that is missing, and stays false.
struct Reader {
  std::string_view rest;
  bool ok = true;

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits && ok; ++i) {
      ok = i < rest.size() && is_digit(rest[i]);
      value = ok ? value * 10 + (rest[i] - '0') : 0;
    }
    rest.remove_prefix(ok ? digits : 0);
    return value;
  }
  bool take(std::string_view one_of) {
    const bool found = !rest.empty() && one_of.find(rest.front()) != std::string_view::npos;
    rest.remove_prefix(found ? 1 : 0);
    return found;
  }
  void expect(std::string_view one_of) { ok = take(one_of) && ok; }
};

/// The digits after the decimal point of a second: one to nine, else `ok` becomes false.
nanoseconds fraction(Reader& reader) {
  std::int64_t value = 0;
  std::int64_t unit = 100'000'000;
  reader.ok = reader.ok && !reader.rest.empty() && is_digit(reader.rest.front());
  for (; reader.ok && !reader.rest.empty() && is_digit(reader.rest.front()); unit /= 10) {
    value += (reader.rest.front() - '0') * unit;
    reader.ok = unit > 0;
    reader.rest.remove_prefix(1);
  }
  return nanoseconds(value);
}

/// How far the local time is ahead of UTC.
minutes offset(Reader& reader) {
  if (reader.take("Zz")) {
    return minutes(0);
  }
  const bool is_behind = reader.take("-");
  if (!is_behind) {
    reader.expect("+");
  }
  const int hour = reader.number(2);
  reader.expect(":");
  const int minute = reader.number(2);
  reader.ok = reader.ok && hour < 24 && minute < 60;
  const minutes ahead = hours(hour) + minutes(minute);
  return is_behind ? -ahead : ahead;
}

}  // namespace

std::string format_timestamp(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Parsed<WallTime> parse_timestamp(std::string_view text) {
  using Result = Parsed<WallTime>;
  Reader reader{text};
  const std::chrono::year year(reader.number(4));
  reader.expect("-");
  const std::chrono::month month(static_cast<unsigned>(reader.number(2)));
  reader.expect("-");
  const std::chrono::day day(static_cast<unsigned>(reader.number(2)));
  reader.expect("Tt ");
  const int hour = reader.number(2);
  reader.expect(":");
  const int minute = reader.number(2);
  reader.expect(":");
  const int second = reader.number(2);
  const nanoseconds part = reader.take(".") ? fraction(reader) : nanoseconds(0);
  const minutes ahead = offset(reader);
  const std::chrono::year_month_day date(year, month, day);
  // 60 is a leap second: the system clock gives it the same number as the second after it.
  if (!reader.ok || !reader.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return Result::bad(kNotATime);
  }
  if (static_cast<int>(year) < 1970 || static_cast<int>(year) > 2261) {
    return Result::bad("out of range; allowed: years 1970 to 2261");
  }
  return Result::good(std::chrono::sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + part - ahead);
}

}  // namespace threadecho::text
