#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/help.h"
#include "cli/options.h"

namespace threadecho::cli {

/// What people are told of a command. Its --help, its man page and what a shell completes come from it.
struct Manual {
  /// Before the flags: "Usage: ", one line for each form; then what the command does.
  std::string before;
  std::vector<Option> options;  ///< to be shown, not to be parsed with
  std::string after = {};       ///< exit statuses, JSON, examples
  /// Flags that another manual explains.
  std::vector<Option> other_options = {};
  /// Words that may follow an operand; the first operand is in CommandSummary::arguments.
  std::map<std::string, std::vector<std::string>, std::less<>> after_operand = {};
};

/// What --help prints, in `width` columns.
std::string help_text(const Manual& manual, std::size_t width = kUsualWidth);

/// A table of which only the description is left, so that it may outlive what its rows set.
std::vector<Option> for_manual(std::vector<Option> options);

}  // namespace threadecho::cli
