#pragma once

#include <optional>

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
  client::Connected first = {};                 ///< a connection to it, if one was opened to find it
  std::optional<client::Failure> failure = {};  ///< no address was found, or none connected
};

/// Looks the name up, waits for the time of --start-at and, with --wait, for the target. Returns early when a signal
/// comes.
LoadStart find_start(const LoadOptions& options, client::NameLookup& names, const LoadProgress& progress,
                     client::SignalFd& signals);

}  // namespace threadecho::load
