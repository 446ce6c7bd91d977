#pragma once

#include <cstddef>
#include <string>

#include "report/merged_runs.h"

namespace threadecho::report {

/// For people, in `width` columns; ends with a line end. Losses have wall-clock times with `timestamps`, else
/// times since the first run began.
std::string report_text(const MergedRuns& merged, std::size_t width, bool timestamps = false);

}  // namespace threadecho::report
