#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace threadecho::config {

/// One statement of an `.env` file before expansion. A comment or the blank end of the file has neither name nor error.
struct DotenvStatement {
  std::optional<std::string> name;
  std::optional<std::string> value;
  std::size_t line = 0;  ///< where it starts, from 1
  std::string error;     ///< why it cannot be read; then there is no name
};

/// Splits the text of an `.env` file into statements. `text` is well-formed UTF-8 with \n as its only line end, and
/// outlives the scanner. Each pattern in the comments is the regular expression of python-dotenv's parser.py that a
/// function follows; `\s` there is any Unicode white space.
class DotenvScanner {
 public:
  explicit DotenvScanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  /// Only while not at_end(); always moves on.
  DotenvStatement next();

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] bool next_is(char c) const { return !at_end() && text_[at_] == c; }
  void advance(std::size_t bytes);
  void skip_space(bool across_lines);
  void skip_export();
  std::string read_statement(DotenvStatement& statement);
  std::optional<std::string> read_name(DotenvStatement& statement);
  std::optional<std::string> read_value();
  std::optional<std::string> read_quoted(char quote);
  std::string read_unquoted();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace threadecho::config
