#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/options.h"

namespace threadecho::config {

/// Settings given as flags, by the variable's name.
using Flags = std::map<std::string, std::string, std::less<>>;

/// A flag for each setting. They put the text into `flags` as it is: load() checks it, together with values from other
/// sources.
std::vector<cli::Option> setting_options(Flags& flags);

/// The row of --version, which only `serve` has.
cli::Option version_option(bool& wants_version);

struct ServeArguments {
  Flags flags;
  bool wants_help = false;
  bool wants_version = false;
  std::string mistake;  ///< one line for the user; empty if there is none
};

/// Reads the arguments of the program as those of `serve`. The name `serve` may stand before or behind the flags, or be
/// left out.
ServeArguments parse_serve_arguments(int argc, const char* const* argv);

}  // namespace threadecho::config
