#pragma once

#include <string>

#include "load/load_options.h"

namespace threadecho::load {

/// argv[0] is the command's name. Throws UsageError.
LoadOptions parse_load_arguments(int argc, const char* const* argv);

std::string load_help();

}  // namespace threadecho::load
