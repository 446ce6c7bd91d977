#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace threadecho::text {

/// How people see one byte on a line of printable ASCII: \n \r \t \\ \", \xNN for what is not printable, else the byte
/// itself. Points into a constant table; takes no memory.
std::string_view escaped(char character);

/// `text` in double quotes and on one line, fit for an error message: control characters, quotes and bytes that are
/// not UTF-8 are escaped, and what goes beyond 120 bytes is cut off with "...".
std::string in_quotes(std::string_view text);

/// `text` as a terminal may show it, from a source that is not trusted: control characters and bytes that are not UTF-8
/// are escaped.
std::string printable(std::string_view text);

/// `text` as JSON has it: in quotes and escaped; invalid UTF-8 in it becomes U+FFFD.
std::string json_string(std::string_view text);

/// "0x2a"
std::string in_hex(std::byte byte);

}  // namespace threadecho::text
