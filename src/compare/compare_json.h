#pragma once

#include <string>

#include "compare/comparison.h"

namespace threadecho::compare {

/// The comparison for --json, one line. Missing values are null.
std::string json_text(const Comparison& comparison);

}  // namespace threadecho::compare
