#pragma once

#include <cstddef>
#include <string>

#include "cli/help.h"
#include "load/load_options.h"

namespace threadecho::load {

/// argv[0] is the command's name. Throws cli::UsageError.
LoadOptions parse_load_arguments(int argc, const char* const* argv);

std::string load_help(std::size_t width = cli::kUsualWidth);

}  // namespace threadecho::load
