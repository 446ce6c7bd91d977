#include "client/argument_values.h"

#include <charconv>
#include <system_error>

#include "text/durations.h"
#include "text/escape.h"
#include "text/parsed.h"
#include "text/sizes.h"

namespace threadecho::client {
namespace {

using text::in_quotes;
using text::Parsed;

Parsed<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    return Parsed<std::uint64_t>::bad("out of range");
  }
  return error == std::errc{} && end == text.data() + text.size() ? Parsed<std::uint64_t>::good(number)
                                                                  : Parsed<std::uint64_t>::bad("not a whole number");
}

std::string text_of_number(std::uint64_t number) { return std::to_string(number); }

/// `parse` and `format` are each other's opposite.
template <typename Value, typename Parse, typename Format>
Value value_of(const Arguments& arguments, std::string_view flag, Allowed<Value> allowed, Value otherwise, Parse parse,
               Format format) {
  const std::string* const text = text_of(arguments, flag);
  if (text == nullptr) {
    return otherwise;
  }
  const std::string range = format(allowed.least) + " to " + format(allowed.most);
  const Parsed<Value> parsed = parse(*text);
  if (!parsed.ok()) {
    complain_of_value(flag, *text, parsed.reason(), range);
  }
  if (parsed.value() < allowed.least || parsed.value() > allowed.most) {
    complain_of_value(flag, *text, "out of range", range);
  }
  return parsed.value();
}

}  // namespace

const std::string* text_of(const Arguments& arguments, std::string_view flag) {
  const auto given = arguments.values.find(flag);
  return given == arguments.values.end() ? nullptr : &given->second.front();
}

std::uint64_t whole_number_of(const Arguments& arguments, std::string_view flag, Allowed<std::uint64_t> allowed,
                              std::uint64_t otherwise) {
  return value_of(arguments, flag, allowed, otherwise, &parse_number, &text_of_number);
}

std::uint64_t size_of(const Arguments& arguments, std::string_view flag, Allowed<std::uint64_t> allowed,
                      std::uint64_t otherwise) {
  return value_of(arguments, flag, allowed, otherwise, &text::parse_size, &text::format_size);
}

std::chrono::milliseconds duration_of(const Arguments& arguments, std::string_view flag,
                                      Allowed<std::chrono::milliseconds> allowed, std::chrono::milliseconds otherwise) {
  return value_of(arguments, flag, allowed, otherwise, &text::parse_duration, &text::format_duration);
}

Target target_of(const Arguments& arguments) {
  if (arguments.operands.size() != 1) {
    throw UsageError(arguments.operands.empty() ? "HOST:PORT is missing"
                                                : "unexpected argument " + in_quotes(arguments.operands[1]));
  }
  const auto target = parse_target(arguments.operands.front());
  if (!target.ok()) {
    throw UsageError(in_quotes(arguments.operands.front()) + " " + target.reason());
  }
  return target.value();
}

void complain_of_value(std::string_view flag, const std::string& value, const std::string& reason,
                       const std::string& allowed) {
  throw UsageError(std::string(flag) + " " + in_quotes(value) + ": " + reason + "; allowed: " + allowed);
}

}  // namespace threadecho::client
