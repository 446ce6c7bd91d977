#pragma once

#include <cstddef>
#include <string>

#include "cli/help.h"
#include "load/load_run.h"

namespace threadecho::load {

/// The result as a table with a histogram, for people, in `width` columns; ends with a line end.
std::string text_report(const LoadResult& result, std::size_t width = cli::kUsualWidth);

}  // namespace threadecho::load
