#pragma once

#include <cstddef>
#include <string>

#include "compare/comparison.h"

namespace threadecho::compare {

/// The comparison for people, at most `width` columns wide, 40 or more: a block of bars for each metric, two blocks
/// beside each other where there is room, and notes below them.
std::string text_of(const Comparison& comparison, std::size_t width, bool has_colours);

}  // namespace threadecho::compare
