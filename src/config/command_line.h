#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace threadecho::config {

enum class Command { kServe };

/// A command line that asks for nothing to be run, or that is wrong.
struct EarlyExit {
  std::string text;  ///< complete, with its line end: for standard output when status is 0, else for standard error
  int status = 0;    ///< 0 for --help and --version, 2 for wrong usage
};

struct CommandLine {
  Command command = Command::kServe;
  std::map<std::string, std::string, std::less<>> flags;  ///< settings given as flags, by the variable's name
  std::optional<EarlyExit> exit;                          ///< when set, nothing else counts
};

/// Reads the arguments of `serve`; main has taken out other commands, which come first. Each setting has a flag
/// (`--port 9000` or `--port=9000`), before or behind the command. Values are not looked at: load() does that, together
/// with those from other sources. A flag given twice is an error, even with equal values: which one counts should not
/// depend on the order in which a manifest puts its arguments together. --help and --version win over everything but a
/// flag without its value. `version` is printed as it is.
CommandLine parse_command_line(int argc, const char* const* argv, std::string_view version);

}  // namespace threadecho::config
