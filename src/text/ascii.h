#pragma once

#include <string>
#include <string_view>

namespace threadecho::text {

// Of ASCII only, and the same in every locale.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Without the spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

/// With a to z for A to Z.
std::string lower(std::string_view text);

}  // namespace threadecho::text
