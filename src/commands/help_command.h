#pragma once

#include "cli/manual.h"

namespace threadecho::commands {

/// `threadecho help [COMMAND]`.
int run_help(int argc, const char* const* argv);
cli::Manual help_manual();

/// `threadecho version`.
int run_version(int argc, const char* const* argv);
cli::Manual version_manual();

}  // namespace threadecho::commands
