#pragma once

#include <cstddef>
#include <string>

#include "compare/compare_options.h"

namespace threadecho::compare {

/// Reads the arguments after the command's name, which is argv[0]. Throws cli::UsageError.
CompareOptions parse_compare_arguments(int argc, const char* const* argv);

/// What --help prints, in `width` columns.
std::string compare_help(std::size_t width);

}  // namespace threadecho::compare
