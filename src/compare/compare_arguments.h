#pragma once

#include "cli/manual.h"
#include "compare/compare_options.h"

namespace threadecho::compare {

/// Reads the arguments after the command's name, which is argv[0]. Throws cli::UsageError.
CompareOptions parse_compare_arguments(int argc, const char* const* argv);

cli::Manual compare_manual();

}  // namespace threadecho::compare
