#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/manual.h"
#include "cli/options.h"
#include "config/settings_error.h"
#include "host/environment.h"
#include "watch/target_list.h"
#include "watch/watch_options.h"

namespace threadecho::watch {

struct WatchArguments {
  WatchOptions options;
  std::vector<config::Warning> warnings;  ///< variables that are ignored, but close to one of ours
};

/// argv[0] is the command's name. Flag over environment over default; an empty variable counts as unset. Reads the
/// targets file too. Throws cli::UsageError for flags that cannot be told apart, and config::SettingsError with all
/// other mistakes.
WatchArguments parse_watch_arguments(int argc, const char* const* argv, const host::Environment& environment);

/// The targets of the options, with those of the file as it is now.
TargetList read_targets(const WatchOptions& options);

/// The variable of a flag: "WATCH_RESOLVE_EVERY" for --resolve-every.
std::string variable_of(std::string_view flag);
/// The option table, for help and tests.
std::vector<cli::Option> option_rows(WatchOptions& options);

cli::Manual watch_manual();

}  // namespace threadecho::watch
