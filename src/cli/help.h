#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace threadecho::cli {

inline constexpr std::size_t kUsualWidth = 80;

/// Columns for what a command prints: COLUMNS if it is set, else the width of the terminal if standard output is one,
/// else 80; 40 to 120.
std::size_t output_width();

/// Whether to colour what goes to standard output: only on a terminal, and never with NO_COLOR (https://no-color.org).
bool has_colours();

/// `text` laid out in `width` columns. Lines without indentation that follow each other are one paragraph. A line that
/// is too long continues at its own indentation or, if it contains two spaces together (`  --count N   messages to
/// send`), below the text after them.
std::string wrapped(std::string_view text, std::size_t width);

/// The same for a result: each line stays a line of its own, and one that fits stays as it is.
std::string fitted(std::string_view text, std::size_t width);

}  // namespace threadecho::cli
