#pragma once

#include <string_view>

#include "cli/manual.h"

namespace threadecho::commands {

/// `threadecho completion SHELL`: prints the script with which a shell completes the program's arguments. The script
/// gets the candidates from `threadecho completion candidates WORD...`, so it works with every version of the program.
int run_completion(int argc, const char* const* argv);
cli::Manual completion_manual();

/// The script for "bash", "zsh" or "fish"; empty for other shells.
std::string_view completion_script(std::string_view shell);

}  // namespace threadecho::commands
