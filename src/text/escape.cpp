#include "text/escape.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "text/utf8.h"

namespace threadecho::text {
namespace {

constexpr std::size_t kMaxQuotedBytes = 120;
constexpr std::string_view kHexDigits = "0123456789abcdef";

/// "\x00" to "\xff"; the last two characters are the digits of the byte.
constexpr auto kHexEscapes = [] {
  std::array<std::array<char, 4>, 256> escapes{};
  for (std::size_t byte = 0; byte < escapes.size(); ++byte) {
    escapes[byte] = {'\\', 'x', kHexDigits[byte >> 4U], kHexDigits[byte & 0xFU]};
  }
  return escapes;
}();

constexpr auto kPrintable = [] {
  std::array<char, '~' + 1> characters{};
  for (std::size_t byte = 0; byte < characters.size(); ++byte) {
    characters[byte] = static_cast<char>(byte);
  }
  return characters;
}();

/// U+0080 to U+009F: a terminal takes U+009B for ESC [.
bool is_c1_control(std::string_view character) { return character[0] == '\xC2' && character[1] < '\xA0'; }

}  // namespace

std::string_view escaped(char character) {
  switch (character) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(character);
  if (byte < ' ' || byte > '~') {
    return {kHexEscapes[byte].data(), kHexEscapes[byte].size()};
  }
  return {&kPrintable[byte], 1};
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (at + std::max<std::size_t>(length, 1) > kMaxQuotedBytes) {
      return result + "...\"";
    }
    if (length > 1 && !is_c1_control(text.substr(at))) {
      result += text.substr(at, length);
      at += length;
    } else {
      result += escaped(text[at]);
      ++at;
    }
  }
  return result + '"';
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    const bool is_shown = length > 1 ? !is_c1_control(text.substr(at)) : text[at] >= ' ' && text[at] <= '~';
    result += is_shown ? text.substr(at, length) : escaped(text[at]);
    at += is_shown ? length : 1;
  }
  return result;
}

std::string json_string(std::string_view text) {
  // The default handler throws on the first byte that is not UTF-8.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string in_hex(std::byte byte) {
  const auto value = std::to_integer<unsigned>(byte);
  return {'0', 'x', kHexDigits[value >> 4U], kHexDigits[value & 0xFU]};
}

}  // namespace threadecho::text
