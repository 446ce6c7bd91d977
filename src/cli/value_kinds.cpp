#include "cli/value_kinds.h"

#include <charconv>
#include <system_error>

#include "text/durations.h"
#include "text/sizes.h"

namespace threadecho::cli {
namespace {

using std::chrono::milliseconds;
using Number = text::Parsed<std::uint64_t>;
using Duration = text::Parsed<milliseconds>;

/// `parsed` if it is in the range.
template <typename T>
text::Parsed<T> within(text::Parsed<T> parsed, T low, T high) {
  const bool is_within = !parsed.ok() || (low <= parsed.value() && parsed.value() <= high);
  return is_within ? std::move(parsed) : text::Parsed<T>::bad("out of range");
}

}  // namespace

Number parse_number(std::string_view text, std::uint64_t low, std::uint64_t high) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc::invalid_argument || parsed.ptr != end) {
    return Number::bad("not a whole number");
  }
  return parsed.ec == std::errc{} ? within(Number::good(value), low, high) : Number::bad("out of range");
}

ValueKind<std::uint64_t> size(std::uint64_t low, std::uint64_t high, bool zero_is_system) {
  const auto parse = [=](std::string_view text) {
    Number parsed = text::parse_size(text);
    const bool is_system = zero_is_system && parsed.ok() && parsed.value() == 0;
    return is_system ? parsed : within(std::move(parsed), low, high);
  };
  const auto show = [=](std::uint64_t bytes) {
    return zero_is_system && bytes == 0 ? std::string() : text::format_size(bytes);
  };
  return {
      (zero_is_system ? "0 (as the system's), or " : "") + text::format_size(low) + " to " + text::format_size(high),
      parse, show};
}

ValueKind<milliseconds> duration(milliseconds low, milliseconds high) {
  return {text::format_duration(low) + " to " + text::format_duration(high),
          [=](std::string_view text) { return within(text::parse_duration(text), low, high); }, &text::format_duration};
}

ValueKind<milliseconds> duration_or_off(milliseconds low, milliseconds high, milliseconds step) {
  ValueKind<milliseconds> kind = duration(low, high);
  kind.allowed = "0s, or " + kind.allowed;
  if (step > milliseconds{1}) {
    kind.allowed += " in steps of " + text::format_duration(step);
  }
  kind.parse = [=](std::string_view text) {
    Duration parsed = text::parse_duration(text);
    if (!parsed.ok() || parsed.value().count() == 0) {
      return parsed;
    }
    parsed = within(std::move(parsed), low, high);
    return parsed.ok() && (parsed.value() % step).count() != 0
               ? Duration::bad("not a multiple of " + text::format_duration(step))
               : parsed;
  };
  return kind;
}

ValueKind<std::string> path() {
  const auto parse = [](std::string_view text) {
    return text.empty() || text.find('\0') != std::string_view::npos
               ? text::Parsed<std::string>::bad("not a path")
               : text::Parsed<std::string>::good(std::string(text));
  };
  return {"the path of a file", parse, [](const std::string& value) { return value; }, {.files = true}};
}

}  // namespace threadecho::cli
