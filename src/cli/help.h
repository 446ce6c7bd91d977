#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace threadecho::cli {

inline constexpr std::size_t kUsualWidth = 80;

/// Columns for --help: the width of the terminal if standard output is one, else 80; 40 to 120.
std::size_t help_width();

/// `text` laid out in `width` columns. Lines without indentation that follow each other are one paragraph. A line that
/// is too long goes on at its own indentation or, where it has two spaces together (`  --count N   messages to send`),
/// below what follows them.
std::string wrapped(std::string_view text, std::size_t width);

}  // namespace threadecho::cli
