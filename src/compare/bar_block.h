#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::compare {

/// A row of a block: how long its bar is, and what stands at its end.
struct Bar {
  std::string_view name;
  std::optional<double> value;  ///< missing: no bar, "-" at its end
  std::string text;
};

/// One metric of several models, with a bar for each.
struct BarBlock {
  std::string title;
  std::vector<Bar> bars;
};

inline constexpr std::size_t kLeastBlockWidth = 38;

/// The lines of a block, each of them `width` columns wide, kLeastBlockWidth or more. The largest value has the longest
/// bar; any above 0 has a bar. Each row has its own colour.
std::vector<std::string> lines_of(const BarBlock& block, std::size_t width, bool has_colours);

/// The blocks, two beside each other where `width` has room for two; a blank line between those below each other.
std::string laid_out(const std::vector<BarBlock>& blocks, std::size_t width, bool has_colours);

}  // namespace threadecho::compare
