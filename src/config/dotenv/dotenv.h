#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/environment.h"

namespace threadecho::config {

using host::Environment;

/// One variable of an `.env` file.
struct DotenvValue {
  std::optional<std::string> value;  ///< nothing for a name without `=`, which sets nothing
  std::size_t line = 0;              ///< where its statement starts, from 1
};

/// A statement that cannot be read.
struct DotenvProblem {
  std::size_t line = 0;  ///< where the statement starts, from 1
  std::string reason;
};

struct Dotenv {
  std::map<std::string, DotenvValue, std::less<>> values;  ///< the last of equal names counts
  std::vector<DotenvProblem> problems;                     ///< in the order of the file
};

/// Most bytes of an `.env` file, and of one value after expansion (`${A}${A}` doubles with each line).
inline constexpr std::size_t kMaxDotenvBytes = 1024UL * 1024;

/// Reads the text of an `.env` file as load_dotenv(override=False) of python-dotenv does; compared with its versions
/// 0.21.0 and 1.2.2, statement by statement. That is:
/// - `NAME=value`, `export NAME=value`, `'quoted name'=value`, and `NAME` alone, which sets nothing;
/// - a value without quotes ends at the line's end or at a white space before `#`;
/// - a value in quotes may span lines; in single quotes \\ and \' are escapes, in double quotes \\ \' \" \a \b \f \n
///   \r \t \v are;
/// - `${NAME}` and `${NAME:-default}` expand in every value, in single quotes too, the environment before earlier
///   lines of the file; the default is for a name that does not exist, not for an empty one;
/// - CRLF and CR end lines as LF does.
/// Three things differ: a UTF-8 byte order mark is skipped, a statement that python-dotenv warns of and skips is a
/// problem (a setting that silently does not count is worse than a refused start), and text that is not UTF-8 is one
/// problem instead of an exception.
Dotenv parse_dotenv(std::string_view text, const Environment& environment);

}  // namespace threadecho::config
