#include "log/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "text/escape.h"

namespace threadecho::log {
namespace {

constexpr std::string_view kCutMark = "...";
/// A line of a connection; longer ones grow.
constexpr std::size_t kUsualBodyBytes = 256;

template <typename String>
void append_escaped(String& out, std::string_view text) {
  for (const char character : text) {
    out += text::escaped(character);
  }
}

bool needs_quotes(std::string_view text) {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char character) {
           return character == ' ' || character == '=' || text::escaped(character).size() > 1;
         });
}

/// At most `limit` bytes of `text`, and not the beginning of a UTF-8 sequence whose rest is cut off.
std::string_view head(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) {
    --limit;
  }
  return text.substr(0, limit);
}

/// What follows the head of `text`: "" if it is all, else the mark that some was cut off.
std::string_view mark(std::string_view text, std::size_t limit) { return text.size() <= limit ? "" : kCutMark; }

std::string cut(std::string_view text, std::size_t limit) {
  return std::string(head(text, limit)).append(mark(text, limit));
}

template <typename String>
void append_preview(String& out, std::span<const std::byte> payload) {
  const auto shown = payload.first(std::min(payload.size(), kMaxPreviewBytes));
  append_escaped(out, {reinterpret_cast<const char*>(shown.data()), shown.size()});
  fmt::format_to(std::back_inserter(out), "{} ({} bytes)", shown.size() < payload.size() ? kCutMark : "",
                 payload.size());
}

/// To the microsecond below one second, to the millisecond from there on. Integers need less of the stack than fmt's
/// floating-point numbers.
template <typename String>
void append_seconds(String& out, std::chrono::nanoseconds duration) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  constexpr std::int64_t kPerSecond = 1'000'000;
  const bool is_short = duration < std::chrono::seconds(1);
  const std::int64_t count = is_short ? std::chrono::round<microseconds>(duration).count()
                                      : microseconds(std::chrono::round<milliseconds>(duration)).count();
  fmt::format_to(std::back_inserter(out), "{}.{:06}", count / kPerSecond, count % kPerSecond);
  out.resize(out.find_last_not_of('0') + 1);
  if (out.back() == '.') {
    out.pop_back();
  }
}

bool is_left_out(const Field& field) { return std::holds_alternative<std::monostate>(field.value); }

void append_text_value(std::pmr::string& out, const Field::Value& value, std::size_t limit) {
  std::visit(
      [&out, limit](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string_view>) {
          const bool quoted = needs_quotes(head(held, limit));
          out += quoted ? "\"" : "";
          append_escaped(out, head(held, limit));
          out += mark(held, limit);
          out += quoted ? "\"" : "";
        } else if constexpr (std::is_same_v<Held, std::span<const std::byte>>) {
          out += '"';
          append_preview(out, held);  // escaped already
          out += '"';
        } else if constexpr (std::is_same_v<Held, std::chrono::nanoseconds>) {
          append_seconds(out, held);
        } else if constexpr (!std::is_same_v<Held, std::monostate>) {
          fmt::format_to(std::back_inserter(out), "{}", held);
        }
      },
      value);
}

std::string json_value(const Field::Value& value, std::size_t limit) {
  return std::visit(
      [limit](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string_view>) {
          return text::json_string(cut(held, limit));
        } else if constexpr (std::is_same_v<Held, std::span<const std::byte>>) {
          return text::json_string(payload_preview(held));
        } else if constexpr (std::is_same_v<Held, std::chrono::nanoseconds>) {
          std::string seconds;
          append_seconds(seconds, held);
          return seconds.find('.') == std::string::npos ? seconds + ".0" : seconds;  // always a floating-point number
        } else if constexpr (std::is_same_v<Held, std::monostate>) {
          return std::string();
        } else {
          // No object or array: their destructors allocate, and without memory that ends the process.
          return nlohmann::json(held).dump();
        }
      },
      value);
}

std::pmr::string text_body(std::string_view event, std::initializer_list<Field> fields, std::size_t limit,
                           std::pmr::memory_resource* memory) {
  std::pmr::string body(memory);
  body.reserve(kUsualBodyBytes);
  append_escaped(body, head(event, limit));
  body += mark(event, limit);
  for (const Field& field : fields) {
    if (is_left_out(field)) {
      continue;
    }
    body += ' ';
    body += field.key;
    body += '=';
    append_text_value(body, field.value, limit);
  }
  return body;
}

std::string json_body(std::string_view event, std::initializer_list<Field> fields, std::size_t limit) {
  std::string body = "\"message\":" + text::json_string(cut(event, limit));
  for (const Field& field : fields) {
    if (is_left_out(field)) {
      continue;
    }
    body.append(",").append(text::json_string(field.key)).append(":").append(json_value(field.value, limit));
  }
  return body;
}

/// Halves the limit of each value until the line fits. Escaping makes values longer, so the limit cannot be computed.
template <typename Format>
auto fit(Format format) {
  std::size_t limit = kMaxBodyBytes;
  auto body = format(limit);
  while (body.size() > kMaxBodyBytes && limit > 0) {
    limit /= 2;
    body = format(limit);
  }
  return body;
}

}  // namespace

std::pmr::string text_body(std::string_view event, std::initializer_list<Field> fields,
                           std::pmr::memory_resource* memory) {
  return fit([event, fields, memory](std::size_t limit) { return text_body(event, fields, limit, memory); });
}

std::string json_body(std::string_view event, std::initializer_list<Field> fields) {
  return fit([event, fields](std::size_t limit) { return json_body(event, fields, limit); });
}

std::string payload_preview(std::span<const std::byte> payload) {
  std::string preview;
  append_preview(preview, payload);
  return preview;
}

}  // namespace threadecho::log
