#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::client {

/// Arguments that cannot be understood; what() is one line for the user.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A flag of a command. Its help text is made from this. --help is there without being listed.
struct Option {
  std::string_view flag;           ///< "--count"
  std::string_view value;          ///< what stands for its value in the help: "N"; empty: the flag takes none
  std::string_view default_value;  ///< shown in the help; may be empty
  std::string_view meaning;        ///< as long as need be
  std::string_view heading = {};   ///< begins a group of the help; empty: it belongs to the one before
  bool may_repeat = false;
};

/// The arguments of a command as they were given.
struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  ///< by flag; none for one that takes no value
  std::vector<std::string> operands;
  bool wants_help = false;  ///< --help or -h is among them; nothing else counts then

  [[nodiscard]] bool has(std::string_view flag) const { return values.contains(flag); }
};

/// Sorts the arguments behind a command's name; argv[0] is that name. Throws UsageError for unknown flags, flags given
/// twice that may not, and flags without their value. How many operands there may be is up to the caller.
Arguments parse_arguments(const std::vector<Option>& options, int argc, const char* const* argv);

/// The flags for the help of a command, --help included, a line or more each and none longer than 100 columns.
std::string options_text(const std::vector<Option>& options);

}  // namespace threadecho::client
