#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace threadecho::text {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates), or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// Bytes of the white space character that `text` begins with, 0 when it begins with anything else. White space is
/// what Unicode and Python's str.isspace call so. `text` is well-formed UTF-8.
std::size_t leading_space(std::string_view text);

/// `text` in double quotes and on one line, fit for an error message: control characters, quotes and bytes that are
/// not UTF-8 are escaped, and what goes beyond 120 bytes is cut off with "...".
std::string in_quotes(std::string_view text);

}  // namespace threadecho::text
