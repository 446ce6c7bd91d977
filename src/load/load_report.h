#pragma once

#include <string>

#include "load/load_run.h"

namespace threadecho::load {

/// The result as a table with a histogram, for people; ends with a line end.
std::string text_report(const LoadResult& result);

/// The same and more as one JSON object: settings, machine, percentiles, every incident. Latencies in nanoseconds.
std::string json_report(const LoadResult& result);

}  // namespace threadecho::load
