#pragma once

#include <cstddef>
#include <string>

#include "watch/watch_options.h"

namespace threadecho::watch {

/// What --dry-run prints, and whether each name was found. Blocks while it looks names up.
struct DryRun {
  std::string text;
  bool found_all = true;
};
DryRun dry_run(const WatchOptions& options);

/// The series that a watcher exposes for so many targets and paths, without those of its process.
std::size_t series_count(std::size_t targets, std::size_t paths, bool aggregate);

}  // namespace threadecho::watch
