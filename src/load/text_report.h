#pragma once

#include <string>

#include "load/load_run.h"

namespace threadecho::load {

/// The result as a table with a histogram, for people; ends with a line end.
std::string text_report(const LoadResult& result);

}  // namespace threadecho::load
