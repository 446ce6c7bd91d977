#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace threadecho::text {

/// The number that the whole text is, in decimal and without white space or '+'. Nothing for any other text, or for a
/// number that T cannot hold.
template <typename T>
std::optional<T> as_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(value) : std::nullopt;
}

}  // namespace threadecho::text
