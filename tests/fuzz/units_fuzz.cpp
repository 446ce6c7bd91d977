#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "oracle.h"
#include "text/durations.h"
#include "text/sizes.h"

/// Durations and sizes: any text is read as a second, slower reading of the same grammar reads it; what is read is
/// written so that it reads the same; what is not has a reason.

namespace {

using threadecho::fuzz::demand;
using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr std::uint64_t kMostMilliseconds = INT64_MAX / 1'000'000;
constexpr std::array<Unit, 8> kDurationUnits = {{{"y", 31'536'000'000},
                                                 {"w", 604'800'000},
                                                 {"d", 86'400'000},
                                                 {"h", 3'600'000},
                                                 {"m", 60'000},
                                                 {"min", 60'000},
                                                 {"s", 1000},
                                                 {"ms", 1}}};
constexpr std::array<Unit, 4> kSizeUnits = {{{"t", 1ULL << 40U}, {"g", 1U << 30U}, {"m", 1U << 20U}, {"k", 1U << 10U}}};

/// Adds; nothing once it is more than `most`.
void add(std::optional<std::uint64_t>& sum, std::uint64_t addend, std::uint64_t most) {
  sum = sum && addend <= most && *sum <= most - addend ? std::optional(*sum + addend) : std::nullopt;
}

struct Count {
  bool written = false;                ///< any digit
  std::optional<std::uint64_t> value;  ///< nothing when it is more than 64 bits hold
};

/// Takes the digits in front, one at a time.
Count take_count(std::string_view& text) {
  Count count{false, 0};
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    const std::uint64_t ten_times = count.value.value_or(0);
    std::optional<std::uint64_t> next = count.value;
    for (int i = 0; i < 9; ++i) {
      add(next, ten_times, UINT64_MAX);
    }
    add(next, static_cast<std::uint64_t>(text.front() - '0'), UINT64_MAX);
    count = {true, next};
    text.remove_prefix(1);
  }
  return count;
}

/// value * factor, nothing when it is more than `most`.
std::optional<std::uint64_t> times(std::optional<std::uint64_t> value, std::uint64_t factor, std::uint64_t most) {
  return value && (*value == 0 || factor <= most / *value) ? std::optional(*value * factor) : std::nullopt;
}

std::optional<std::uint64_t> duration_by_the_book(std::string_view text) {
  if (text == "0") {
    return 0;
  }
  std::optional<std::uint64_t> total = text.empty() ? std::nullopt : std::optional<std::uint64_t>(0);
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const Count count = take_count(text);
    std::size_t unit = next_unit;
    // Of two units that both begin the rest, the one that a digit or the end follows is meant.
    while (unit < kDurationUnits.size() &&
           (!text.starts_with(kDurationUnits[unit].first) ||
            (text.size() > kDurationUnits[unit].first.size() &&
             (text[kDurationUnits[unit].first.size()] < '0' || text[kDurationUnits[unit].first.size()] > '9')))) {
      ++unit;
    }
    if (!count.written || unit == kDurationUnits.size()) {
      return std::nullopt;
    }
    const auto part = times(count.value, kDurationUnits[unit].second, kMostMilliseconds);
    add(total, part.value_or(UINT64_MAX), kMostMilliseconds);
    text.remove_prefix(kDurationUnits[unit].first.size());
    next_unit = unit + (kDurationUnits[unit].first == "m" ? 2 : 1);  // "min" is another name of "m"
  }
  return total;
}

std::optional<std::uint64_t> size_by_the_book(std::string_view text) {
  const Count count = take_count(text);
  if (!count.written || text.empty()) {
    return count.value && count.written ? count.value : std::nullopt;
  }
  std::string suffix(text);
  std::ranges::transform(suffix, suffix.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  const auto* const unit = std::ranges::find(kSizeUnits, suffix.substr(0, 1), &Unit::first);
  const std::string rest = suffix.substr(1);
  return unit != kSizeUnits.end() && (rest.empty() || rest == "b" || rest == "ib")
             ? times(count.value, unit->second, UINT64_MAX)
             : std::nullopt;
}

void try_duration(std::string_view text) {
  using threadecho::text::format_duration;
  using threadecho::text::parse_duration;
  const auto read = parse_duration(text);
  const auto expected = duration_by_the_book(text);
  demand(read.ok() == expected.has_value(), "a text is a duration if and only if the grammar says so");
  if (!read.ok()) {
    demand(!read.reason().empty() && threadecho::fuzz::is_printable(read.reason()), "a refusal has a reason");
    return;
  }
  demand(read.value() == std::chrono::milliseconds(*expected), "a duration is the sum of its parts");
  const auto again = parse_duration(format_duration(read.value()));
  demand(again.ok() && again.value() == read.value(), "a duration that is written reads the same");
}

void try_size(std::string_view text) {
  using threadecho::text::format_size;
  using threadecho::text::parse_size;
  const auto read = parse_size(text);
  const auto expected = size_by_the_book(text);
  demand(read.ok() == expected.has_value(), "a text is a size if and only if the grammar says so");
  if (!read.ok()) {
    demand(!read.reason().empty() && threadecho::fuzz::is_printable(read.reason()), "a refusal has a reason");
    return;
  }
  demand(read.value() == *expected, "a size is its number of units");
  const auto again = parse_size(format_size(read.value()));
  demand(again.ok() && again.value() == read.value(), "a size that is written reads the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = threadecho::fuzz::as_text({data, size});
  try_duration(text);
  try_size(text);
  return 0;
}
