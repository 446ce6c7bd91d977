#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "cli/help.h"
#include "cli/options.h"

namespace threadecho::cli {

/// The documentation of a command: the source of its --help, its man page and its shell completion.
struct Manual {
  /// Before the flags: "Usage: ", one line for each form; then what the command does.
  std::string before;
  std::vector<Option> options;  ///< only for display, see for_manual()
  std::string after = {};       ///< exit statuses, JSON, examples
  /// Flags that another manual explains.
  std::vector<Option> other_options = {};
  /// Words that may follow an operand; the first operand is in CommandSummary::arguments.
  std::map<std::string, std::vector<std::string>, std::less<>> after_operand = {};
};

/// What --help prints, in `width` columns.
std::string help_text(const Manual& manual, std::size_t width = kUsualWidth);

/// The table without the functions that store values, so that it may outlive the variables that they set.
std::vector<Option> for_manual(std::vector<Option> options);

}  // namespace threadecho::cli
