#pragma once

#include <cstddef>
#include <string>

#include "report/merged_runs.h"

namespace threadecho::report {

/// For people, in `width` columns; ends with a line end.
std::string report_text(const MergedRuns& merged, std::size_t width);

}  // namespace threadecho::report
