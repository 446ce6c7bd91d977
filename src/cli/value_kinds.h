#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "text/ascii.h"
#include "text/parsed.h"

namespace threadecho::cli {

/// How the text of a value is read and checked, and how the value is shown. Settings and the flags of all commands
/// share these.
template <typename T>
struct ValueKind {
  std::string allowed;  ///< for people: "0 to 65535"
  /// If it refuses a text, the reason is one clause: "not a whole number".
  std::function<text::Parsed<T>(std::string_view text)> parse;
  /// The canonical text, which parse takes; empty where the value is left to the system.
  std::function<std::string(const T& value)> show;
  Candidates candidates = {};
};

text::Parsed<std::uint64_t> parse_number(std::string_view text, std::uint64_t low, std::uint64_t high);

/// A whole number in `low`..`high`.
template <std::integral T>
ValueKind<T> number(std::uint64_t low, std::uint64_t high) {
  const auto parse = [low, high](std::string_view text) {
    const auto parsed = parse_number(text, low, high);
    return parsed.ok() ? text::Parsed<T>::good(static_cast<T>(parsed.value())) : text::Parsed<T>::bad(parsed.reason());
  };
  return {std::to_string(low) + " to " + std::to_string(high), parse, [](T value) { return std::to_string(value); }};
}

/// A size in bytes in `low`..`high`. With `zero_is_system`, 0 is allowed too and leaves the value to the system.
ValueKind<std::uint64_t> size(std::uint64_t low, std::uint64_t high, bool zero_is_system = false);

ValueKind<std::chrono::milliseconds> duration(std::chrono::milliseconds low, std::chrono::milliseconds high);

/// A multiple of `step` in `low`..`high`, or zero, which switches it off.
ValueKind<std::chrono::milliseconds> duration_or_off(std::chrono::milliseconds low, std::chrono::milliseconds high,
                                                     std::chrono::milliseconds step = std::chrono::milliseconds{1});

/// One of a list of names, in lower or upper case. The first name of a value is its canonical one.
template <typename Enum>
ValueKind<Enum> choice(std::vector<std::pair<std::string_view, Enum>> names) {
  ValueKind<Enum> kind;
  for (const auto& [name, value] : names) {
    kind.allowed.append(kind.allowed.empty() ? "" : ", ").append(name);
    kind.candidates.words.emplace_back(name);
  }
  kind.parse = [names](std::string_view text) {
    const auto found = std::ranges::find(names, text::lower(text), &std::pair<std::string_view, Enum>::first);
    return found == names.end() ? text::Parsed<Enum>::bad("not one of the allowed names")
                                : text::Parsed<Enum>::good(found->second);
  };
  kind.show = [names](const Enum& value) {
    return std::string(std::ranges::find(names, value, &std::pair<std::string_view, Enum>::second)->first);
  };
  return kind;
}

/// The path of a file.
ValueKind<std::string> path();

/// A row that sets `member`, a T or an optional of it.
template <typename Member, typename T>
Option option(std::string_view flag, std::string_view value, Member& member, const ValueKind<T>& kind,
              std::string_view default_text, std::string_view meaning) {
  const auto take = [&member, parse = kind.parse](std::string_view text) -> std::optional<std::string> {
    const auto parsed = parse(text);
    if (!parsed.ok()) {
      return parsed.reason();
    }
    member = parsed.value();
    return std::nullopt;
  };
  return {.flag = std::string(flag),
          .value = std::string(value),
          .default_text = std::string(default_text),
          .meaning = std::string(meaning),
          .allowed = kind.allowed,
          .take = take,
          .candidates = kind.candidates};
}

/// The same; the default is what `member` holds.
template <typename T>
Option option(std::string_view flag, std::string_view value, T& member, const ValueKind<T>& kind,
              std::string_view meaning) {
  return option(flag, value, member, kind, kind.show(member), meaning);
}

}  // namespace threadecho::cli
