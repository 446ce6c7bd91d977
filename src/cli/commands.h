#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::cli {

/// A command as `--help` lists it. commands/command_table.h has the function that it runs.
struct CommandSummary {
  std::string_view name;
  std::string_view arguments;  ///< "HOST:PORT"; may be empty
  std::string_view meaning;    ///< one line
};

/// In the order in which --help lists them; `serve`, the default, comes first.
const std::vector<CommandSummary>& command_summaries();

bool is_command(std::string_view name);

/// The error for an unknown command `name`. It suggests the command that was probably meant, or lists all commands.
std::string unknown_command(std::string_view name);

}  // namespace threadecho::cli
