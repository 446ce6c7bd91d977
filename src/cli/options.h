#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::cli {

/// Arguments that cannot be understood; what() is a line for each mistake.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What shell completion offers for a value.
struct Candidates {
  std::vector<std::string> words = {};
  bool files = false;  ///< also names of files
};

/// A row of a command's option table: its flag, what --help says about it, and how its value is stored. See
/// value_kinds.h for rows that set a variable. --help needs no row.
struct Option {
  std::string flag;               ///< "--count"
  std::string value = {};         ///< what --help shows for the value: "N"; empty: a switch
  std::string default_text = {};  ///< for --help; may be empty
  std::string meaning = {};
  std::string allowed = {};  ///< for messages: "1 to 65535"
  /// Stores a value, or returns why it cannot ("not a whole number"). A switch gets an empty text.
  std::function<std::optional<std::string>(std::string_view value)> take = {};
  Candidates candidates = {};
  std::string variable = {};  ///< the variable that sets the same; empty if there is none
  std::string heading = {};   ///< begins a group of --help
  bool may_repeat = false;
};

/// A switch that sets `member`.
Option toggle(std::string flag, bool& member, std::string meaning);

struct Arguments {
  std::vector<std::string> operands;
  bool wants_help = false;  ///< --help or -h was given; then parse() ignored everything else
};

/// Whether `flag` is among the arguments after argv[0], and before a "--".
bool has_flag(std::string_view flag, int argc, const char* const* argv);

/// Reads the arguments after a command's name, which is argv[0]. Throws UsageError for a flag that is unknown, lacks
/// its value, has a value it does not take, or is given twice: the order in which a manifest assembles its arguments
/// should not decide which value wins.
Arguments parse(const std::vector<Option>& options, int argc, const char* const* argv);

/// The table for --help, with a row for --help itself. A row with a variable takes several lines: its default, its
/// meaning, and what is allowed. For wrapped().
std::string options_text(const std::vector<Option>& options);

}  // namespace threadecho::cli
