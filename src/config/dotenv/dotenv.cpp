#include "config/dotenv/dotenv.h"

#include <algorithm>
#include <utility>

#include "config/dotenv/dotenv_scanner.h"
#include "text/utf8.h"

namespace threadecho::config {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Python reads the line ends of text files like this ("universal newlines").
std::string with_plain_line_ends(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      result += '\n';
    }
  }
  return result;
}

std::string_view look_up(std::string_view name, std::string_view fallback, const Dotenv& file,
                         const Environment& environment) {
  if (const auto found = environment.find(name); found != environment.end()) {
    return found->second;
  }
  if (const auto found = file.values.find(name); found != file.values.end()) {
    return found->second.value ? std::string_view(*found->second.value) : std::string_view();
  }
  return fallback;
}

// Replaces each `\$\{([^\}:]*)(?::-([^\}]*))?\}`. Nothing when the result would be too long.
std::optional<std::string> expand(std::string_view value, const Dotenv& file, const Environment& environment) {
  std::string result;
  while (!value.empty()) {
    const std::size_t start = value.find("${");
    result += value.substr(0, start);
    if (start == kNone) {
      break;
    }
    value.remove_prefix(start + 2);
    const std::size_t name_end = value.find_first_of("}:");
    const bool has_fallback = name_end != kNone && value.substr(name_end).starts_with(":-");
    const std::size_t close = has_fallback ? value.find('}', name_end) : name_end;
    if (close == kNone || value[close] != '}') {
      result += "${";  // not a reference: stands for itself
    } else {
      const auto fallback = has_fallback ? value.substr(name_end + 2, close - name_end - 2) : std::string_view();
      result += look_up(value.substr(0, name_end), fallback, file, environment);
      value.remove_prefix(close + 1);
    }
    if (result.size() > kMaxDotenvBytes) {
      return std::nullopt;
    }
  }
  return result.size() > kMaxDotenvBytes ? std::nullopt : std::optional(std::move(result));
}

}  // namespace

Dotenv parse_dotenv(std::string_view text, const Environment& environment) {
  Dotenv file;
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (const std::size_t invalid = text::find_invalid_utf8(text); invalid != kNone) {
    const auto before = text.substr(0, invalid);
    const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    file.problems.push_back({line, "the file is not UTF-8 text"});
    return file;
  }
  const std::string plain = with_plain_line_ends(text);
  for (DotenvScanner scanner(plain); !scanner.at_end();) {
    DotenvStatement statement = scanner.next();
    if (!statement.error.empty()) {
      file.problems.push_back({statement.line, std::move(statement.error)});
    }
    if (!statement.name) {
      continue;
    }
    std::optional<std::string> value;
    if (statement.value) {
      value = expand(*statement.value, file, environment);
      if (!value) {
        file.problems.push_back({statement.line, "its value is longer than 1 MiB once variables are expanded"});
      }
    }
    file.values.insert_or_assign(std::move(*statement.name), DotenvValue{std::move(value), statement.line});
  }
  return file;
}

}  // namespace threadecho::config
