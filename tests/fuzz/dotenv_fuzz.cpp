#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "config/dotenv/dotenv.h"
#include "config/settings_error.h"
#include "config/settings_loader.h"
#include "host/environment.h"
#include "net/fd.h"
#include "oracle.h"
#include "text/escape.h"

/// `.env` files, as text and as the settings that come of it: nothing but SettingsError is thrown, a problem is a line
/// that exists, line ends and a byte order mark change nothing, and what was read can be written and reads the same.

namespace {

using namespace threadecho;
using config::Dotenv;
using fuzz::demand;
using host::Environment;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// As another reader sees it.
bool is_utf8(std::string_view text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

std::string with_each(std::string_view text, char found, std::string_view replacement) {
  std::string result;
  for (const char character : text) {
    result += character == found ? replacement : std::string_view(&character, 1);
  }
  return result;
}

bool same_values(const Dotenv& one, const Dotenv& other, bool with_lines) {
  return std::ranges::equal(one.values, other.values, [with_lines](const auto& left, const auto& right) {
    return left.first == right.first && left.second.value == right.second.value &&
           (!with_lines || left.second.line == right.second.line);
  });
}

bool same(const Dotenv& one, const Dotenv& other) {
  return same_values(one, other, true) &&
         std::ranges::equal(one.problems, other.problems, [](const auto& left, const auto& right) {
           return left.line == right.line && left.reason == right.reason;
         });
}

/// `"value"`; not for a value that ends in a backslash, which python-dotenv takes for one that hides the quote, nor for
/// one with a reference, which would be expanded once more.
std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  text += with_each(with_each(with_each(value, '\\', "\\\\"), '"', "\\\""), '\r', "\\r");
  return text + "\"";
}
bool can_be_quoted(std::string_view value) { return !value.ends_with('\\') && !contains(value, "${"); }

void write_and_read_again(const Dotenv& file) {
  std::string text;
  for (const auto& [name, held] : file.values) {
    if (held.value && !can_be_quoted(*held.value)) {
      return;
    }
    const std::string_view quote = contains(name, "'") ? "" : "'";
    text.append(quote).append(name).append(quote);
    text.append(held.value ? "=" : "").append(held.value ? in_quotes(*held.value) : "").append("\n");
  }
  const Dotenv again = config::parse_dotenv(text, {});
  demand(again.problems.empty() && same_values(file, again, false), "values that are written read the same");
}

Dotenv try_text(std::string_view text) {
  Dotenv file = config::parse_dotenv(text, {});
  const auto last =
      static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c == '\n' || c == '\r'; })) + 1;
  std::size_t line = 1;
  for (const auto& problem : file.problems) {
    demand(problem.line >= line && problem.line <= last, "problems are in the order of the file, in lines it has");
    demand(fuzz::has_no_controls(problem.reason) && !problem.reason.empty(), "a problem says what is wrong");
    line = problem.line;
  }
  for (const auto& [name, held] : file.values) {
    demand(!name.empty() && held.line >= 1 && held.line <= last, "a value has a name and a line");
    demand(!held.value || held.value->size() <= config::kMaxDotenvBytes, "a value is bounded");
  }
  if (!is_utf8(text)) {
    demand(file.values.empty() && file.problems.size() == 1, "what is not UTF-8 is one problem");
    return file;
  }
  if (!contains(text, "\r")) {
    demand(same(file, config::parse_dotenv(with_each(text, '\n', "\r\n"), {})), "CRLF ends lines as LF does");
  }
  if (!text.starts_with(kByteOrderMark)) {
    demand(same(file, config::parse_dotenv(std::string(kByteOrderMark).append(text), {})), "a BOM changes nothing");
  }
  if (!contains(text, "${")) {
    demand(same(file, config::parse_dotenv(text, {{"A", "a"}, {"PORT", "1"}})), "the environment changes nothing");
  }
  write_and_read_again(file);
  return file;
}

config::Configuration load(std::string_view text) {
  const net::Fd file(::memfd_create("env", MFD_CLOEXEC));
  demand(::pwrite(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "memory holds a file");
  return config::load({.flags = {{"ENV_FILE", "/proc/self/fd/" + std::to_string(file.get())}},
                       .environment = {},
                       .directory = ".",
                       .allowed_congestion_control = [] { return "reno cubic"; }});
}

void try_settings(std::string_view text, const Dotenv& file) {
  try {
    std::string shown;
    const config::Configuration read = load(text);
    demand(file.problems.empty(), "a line that cannot be read refuses the start");
    for (const config::Value& value : read.values) {
      if (value.source == config::Source::kEnvFile && can_be_quoted(value.text)) {
        shown.append(value.name).append("=").append(in_quotes(value.text)).append("\n");
      }
    }
    const config::Configuration again = load(shown);
    demand(std::ranges::equal(
               read.values, again.values,
               [](const auto& one, const auto& other) { return one.name == "ENV_FILE" || one.text == other.text; }),
           "settings that are shown read the same");
  } catch (const config::SettingsError& error) {
    demand(!error.problems().empty(), "a refusal has a reason");
    for (const config::Problem& problem : error.problems()) {
      demand(fuzz::has_no_controls(config::to_string(problem)),
             "a problem is one line, and gives a terminal no orders");
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text({data, size});
  try_settings(text, try_text(text));
  return 0;
}
