#pragma once

#include "load/load_connection.h"
#include "load/load_state.h"

namespace threadecho::load {

/// Lets an open connection send what is in flight from the start in the run's mode. Times of a churn count from
/// `connect_began`.
void allow_at_start(LoadConnection& connection, const LoadState& state, Nanoseconds now, Nanoseconds connect_began);

/// Lets it finish what has begun, and a held connection prove that it still echoes.
void allow_at_end(LoadConnection& connection, const LoadOptions& options, Nanoseconds now);

}  // namespace threadecho::load
