#pragma once

#include <cstddef>
#include <string>

#include "cli/manual.h"
#include "load/load_options.h"

namespace threadecho::load {

/// argv[0] is the command's name. Throws cli::UsageError.
LoadOptions parse_load_arguments(int argc, const char* const* argv);

cli::Manual load_manual();

}  // namespace threadecho::load
