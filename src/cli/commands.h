#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::cli {

/// A command as `--help` lists it. What it runs stands in main.cpp.
struct CommandSummary {
  std::string_view name;
  std::string_view arguments;  ///< "HOST:PORT"; may be empty
  std::string_view meaning;    ///< one line
};

/// In the order in which people are told of them; `serve`, the default, is the first.
const std::vector<CommandSummary>& command_summaries();

bool is_command(std::string_view name);

/// What to tell a user who gave `name` for a command: the one that was meant, or all there are.
std::string unknown_command(std::string_view name);

}  // namespace threadecho::cli
