#pragma once

#include <span>
#include <string_view>

#include "cli/manual.h"

namespace threadecho::commands {

/// A command: the function that main() runs, and its documentation. cli::command_summaries() has its line for --help.
struct Command {
  std::string_view name;
  /// Reads its own arguments, and returns the exit status. argv[0] is the name; that of `serve` may be the program.
  int (*run)(int argc, const char* const* argv);
  cli::Manual (*manual)();
};

std::span<const Command> command_table();

/// Null if there is none.
const Command* find_command(std::string_view name);

}  // namespace threadecho::commands
