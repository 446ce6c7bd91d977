#pragma once

#include <string>

#include "load/load_run.h"

namespace threadecho::load {

/// The result as one JSON object: settings, machine, percentiles, incidents. Ends with a line end.
std::string json_report(const LoadResult& result);

}  // namespace threadecho::load
