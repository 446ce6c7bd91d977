#pragma once

#include <optional>
#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"
#include "client/name_lookup.h"
#include "client/signal_fd.h"
#include "client/target.h"
#include "load/load_options.h"
#include "load/load_progress.h"
#include "net/endpoint.h"

namespace threadecho::load {

/// The target as the sources can reach it.
client::Target target_of(const LoadOptions& options);

/// Where a run begins.
struct LoadStart {
  net::Endpoint target;
  std::vector<net::Endpoint> candidates = {};           ///< see LoadHooks
  client::Connected first = {};                         ///< a connection to `target`, if one was opened to find it
  std::optional<client::Failure> failure = {};          ///< no address was found, or none connected
  std::optional<client::Failure> look_up_failure = {};  ///< of a second look-up, after one that found `target`
};

/// Looks the name up, waits for the time of --start-at and, with --wait, for the target. Returns early when a signal
/// comes.
LoadStart find_start(const LoadOptions& options, client::NameLookup& names, const LoadProgress& progress,
                     client::SignalFd& signals);

}  // namespace threadecho::load
