#include "text/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace threadecho::text {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

// Table 3-7 of the Unicode standard: what the second byte may be depends on the first, all later ones are 80..BF.
struct Form {
  std::uint8_t first_low;
  std::uint8_t first_high;
  std::size_t length;
  std::uint8_t second_low;
  std::uint8_t second_high;
};
constexpr std::array kForms{
    Form{0xC2, 0xDF, 2, 0x80, 0xBF}, Form{0xE0, 0xE0, 3, 0xA0, 0xBF}, Form{0xE1, 0xEC, 3, 0x80, 0xBF},
    Form{0xED, 0xED, 3, 0x80, 0x9F}, Form{0xEE, 0xEF, 3, 0x80, 0xBF}, Form{0xF0, 0xF0, 4, 0x90, 0xBF},
    Form{0xF1, 0xF3, 4, 0x80, 0xBF}, Form{0xF4, 0xF4, 4, 0x80, 0x8F},
};

}  // namespace

std::size_t character_length(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    return 1;
  }
  const auto* form = std::find_if(kForms.begin(), kForms.end(),
                                  [&](const Form& f) { return first >= f.first_low && first <= f.first_high; });
  if (form == kForms.end() || text.size() < form->length) {
    return 0;
  }
  const std::uint8_t second = byte_at(text, 1);
  if (second < form->second_low || second > form->second_high) {
    return 0;
  }
  for (std::size_t i = 2; i < form->length; ++i) {
    if (byte_at(text, i) < 0x80 || byte_at(text, i) > 0xBF) {
      return 0;
    }
  }
  return form->length;
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) {
      return at;
    }
    at += length;
  }
  return std::string_view::npos;
}

std::size_t leading_space(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    return (first >= 0x09 && first <= 0x0D) || (first >= 0x1C && first <= 0x20) ? 1 : 0;
  }
  // U+0085, U+00A0, U+1680, U+2028, U+2029, U+202F, U+205F, U+3000, and below U+2000 to U+200A
  static constexpr std::array<std::string_view, 8> kSpaces{"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80",
                                                           "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
                                                           "\xE2\x81\x9F", "\xE3\x80\x80"};
  for (const std::string_view space : kSpaces) {
    if (text.starts_with(space)) {
      return space.size();
    }
  }
  const bool is_typographic = text.starts_with("\xE2\x80") && text.size() > 2 && byte_at(text, 2) <= 0x8A;
  return is_typographic ? 3 : 0;
}

}  // namespace threadecho::text
