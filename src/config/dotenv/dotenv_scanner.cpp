#include "config/dotenv/dotenv_scanner.h"

#include <algorithm>

#include "text/escape.h"
#include "text/utf8.h"

namespace threadecho::config {
namespace {

constexpr std::size_t kNotFound = std::string_view::npos;

// What `\\[...]` decodes to, nothing when the character does not make an escape.
std::optional<char> unescaped(char c, char quote) {
  constexpr std::string_view kNames = "abfnrtv\"";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v\"";
  if (c == '\\' || c == '\'') {
    return c;
  }
  const std::size_t index = kNames.find(c);
  if (quote == '\'' || index == kNotFound) {
    return std::nullopt;
  }
  return kValues[index];
}

std::string decode_escapes(std::string_view text, char quote) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escape = text[i] == '\\' && i + 1 < text.size() ? unescaped(text[i + 1], quote) : std::nullopt;
    result += escape.value_or(text[i]);
    i += escape ? 1U : 0U;
  }
  return result;
}

}  // namespace

void DotenvScanner::advance(std::size_t bytes) {
  const std::string_view passed = text_.substr(at_, bytes);
  line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
  at_ += passed.size();
}

// `\s*` across lines, `[^\S\r\n]*` within one
void DotenvScanner::skip_space(bool across_lines) {
  while (const std::size_t space = text::leading_space(rest())) {
    if (!across_lines && next_is('\n')) {
      return;
    }
    advance(space);
  }
}

// `(?:export[^\S\r\n]+)?`
void DotenvScanner::skip_export() {
  constexpr std::string_view kExport = "export";
  if (!rest().starts_with(kExport)) {
    return;
  }
  const std::string_view after = rest().substr(kExport.size());
  if (text::leading_space(after) > 0 && after.front() != '\n') {
    advance(kExport.size());
    skip_space(false);
  }
}

DotenvStatement DotenvScanner::next() {
  skip_space(true);
  DotenvStatement statement;
  statement.line = line_;
  if (at_end()) {
    return statement;
  }
  statement.error = read_statement(statement);
  if (!statement.error.empty()) {
    statement.name.reset();
    statement.value.reset();
    advance(rest().find('\n'));  // `[^\r\n]*`: the next statement begins on the next line
  }
  return statement;
}

// Returns why the statement cannot be read, or an empty text.
std::string DotenvScanner::read_statement(DotenvStatement& statement) {
  skip_export();
  if (auto error = read_name(statement)) {
    return *error;
  }
  skip_space(false);
  if (next_is('=')) {
    advance(1);
    skip_space(false);
    statement.value = read_value();
    if (!statement.value) {
      return "the quote that its value begins with is never closed";
    }
  }
  skip_space(false);
  if (next_is('#')) {
    advance(rest().find('\n'));
  }
  if (!at_end() && !next_is('\n')) {
    const std::string_view left = rest().substr(0, rest().find('\n'));
    return (statement.value ? "expected only a comment after the closing quote, found "
                            : "expected = after the name, found ") +
           text::in_quotes(left) + (line_ == statement.line ? "" : " in line " + std::to_string(line_));
  }
  return {};
}

// `'([^']+)'` or `([^=\#\s]+)`; nothing before a comment. Returns the error, if any.
std::optional<std::string> DotenvScanner::read_name(DotenvStatement& statement) {
  if (next_is('#')) {
    return std::nullopt;
  }
  if (next_is('\'')) {
    const std::size_t close = rest().find('\'', 1);
    if (close == kNotFound || close == 1) {
      return "the name in quotes is empty or its quote is never closed";
    }
    statement.name = rest().substr(1, close - 1);
    advance(close + 1);
    return std::nullopt;
  }
  std::size_t length = 0;
  while (length < rest().size() && rest()[length] != '=' && rest()[length] != '#' &&
         text::leading_space(rest().substr(length)) == 0) {
    ++length;
  }
  if (length == 0) {
    return "no name before the =";
  }
  statement.name = rest().substr(0, length);
  advance(length);
  return std::nullopt;
}

// Nothing when a quote is not closed.
std::optional<std::string> DotenvScanner::read_value() {
  if (next_is('\'') || next_is('"')) {
    return read_quoted(text_[at_]);
  }
  return at_end() || next_is('\n') ? std::string{} : read_unquoted();
}

// `"((?:\\"|[^"])*)"`. Such a pattern ends at the first quote without a backslash right before it (however many
// backslashes there are), and, when there is none, backtracks to the last quote with one.
std::optional<std::string> DotenvScanner::read_quoted(char quote) {
  const std::string_view body = rest().substr(1);
  std::size_t close = body.find(quote);
  while (close != kNotFound && close > 0 && body[close - 1] == '\\') {
    const std::size_t following = body.find(quote, close + 1);
    if (following == kNotFound) {
      break;
    }
    close = following;
  }
  if (close == kNotFound) {
    return std::nullopt;
  }
  advance(close + 2);
  return decode_escapes(body.substr(0, close), quote);
}

// `([^\r\n]*)`, then without `\s+#.*` and white space at its end
std::string DotenvScanner::read_unquoted() {
  const std::string_view line = rest().substr(0, rest().find('\n'));
  advance(line.size());
  std::size_t end = 0;  // behind the last character that is not white space
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t space = text::leading_space(line.substr(i));
    if (space == 0 && line[i] == '#' && i > end) {
      break;
    }
    i += space == 0 ? 1 : space;
    end = space == 0 ? i : end;
  }
  return std::string(line.substr(0, end));
}

}  // namespace threadecho::config
