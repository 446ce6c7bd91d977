#pragma once

#include <cstddef>
#include <string_view>

namespace threadecho::text {

/// Bytes of the character that `text` begins with, 0 if it is not well-formed UTF-8 (RFC 3629: no overlong forms, no
/// surrogates). `text` is not empty.
std::size_t character_length(std::string_view text);

/// Offset of the first byte that is not well-formed UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// Bytes of the white space character that `text` begins with, 0 when it begins with anything else. White space is
/// what Unicode and Python's str.isspace call so. `text` is well-formed UTF-8.
std::size_t leading_space(std::string_view text);

}  // namespace threadecho::text
