#include "compare/bar_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace threadecho::compare {
namespace {

constexpr std::size_t kNameWidth = 14;
constexpr std::size_t kUsualTextWidth = 9;
// Two spaces before the name, one after it, one before the text.
constexpr std::size_t kSpaces = 4;
constexpr std::size_t kGap = 2;
// Red, yellow, green, blue; from ECMA-48.
constexpr std::array<int, 4> kColours = {31, 33, 32, 34};

std::size_t length_of(double value, double largest, std::size_t longest) {
  if (!(value > 0) || !(largest > 0)) {
    return 0;
  }
  const double length = std::round(value / largest * static_cast<double>(longest));
  return std::clamp(static_cast<std::size_t>(length), std::size_t{1}, longest);
}

double largest_in(const BarBlock& block) {
  double largest = 0;
  for (const Bar& bar : block.bars) {
    largest = std::max(largest, bar.value.value_or(0));
  }
  return largest;
}

std::size_t text_width_of(const BarBlock& block) {
  std::size_t width = kUsualTextWidth;
  for (const Bar& bar : block.bars) {
    width = std::max(width, bar.text.size());
  }
  return width;
}

}  // namespace

std::vector<std::string> lines_of(const BarBlock& block, std::size_t width, bool has_colours) {
  const std::size_t text_width = text_width_of(block);
  const std::size_t longest = width - kSpaces - kNameWidth - text_width;
  const double largest = largest_in(block);
  std::vector<std::string> lines{fmt::format("{:<{}}", block.title, width)};
  for (std::size_t i = 0; i < block.bars.size(); ++i) {
    const Bar& bar = block.bars[i];
    const std::string drawn(length_of(bar.value.value_or(0), largest, longest), '#');
    const std::string padding(longest - drawn.size(), ' ');
    const std::string coloured =
        has_colours ? fmt::format("\033[{}m{}\033[0m", kColours.at(i % kColours.size()), drawn) : drawn;
    lines.push_back(fmt::format("  {:<{}} {}{} {:>{}}", bar.name, kNameWidth, coloured, padding,
                                bar.value ? bar.text : "-", text_width));
  }
  return lines;
}

std::string laid_out(const std::vector<BarBlock>& blocks, std::size_t width, bool has_colours) {
  const bool has_two = width >= 2 * kLeastBlockWidth + kGap;
  const std::size_t block_width = has_two ? (width - kGap) / 2 : width;
  std::string text;
  for (std::size_t i = 0; i < blocks.size(); i += has_two ? 2 : 1) {
    const auto left = lines_of(blocks[i], block_width, has_colours);
    const auto right = has_two && i + 1 < blocks.size() ? lines_of(blocks[i + 1], block_width, has_colours)
                                                        : std::vector<std::string>{};
    for (std::size_t row = 0; row < left.size(); ++row) {
      std::string line = left[row];
      if (row < right.size()) {
        line.append(kGap, ' ').append(right[row]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text.append(line).append("\n");
    }
    text.append("\n");
  }
  return text;
}

}  // namespace threadecho::compare
