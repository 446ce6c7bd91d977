#pragma once

namespace threadecho::cli {

/// Whether to colour what goes to standard output: only on a terminal, and never with NO_COLOR (https://no-color.org).
bool has_colours();

}  // namespace threadecho::cli
