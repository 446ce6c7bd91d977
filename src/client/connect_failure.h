#pragma once

#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"

namespace threadecho::client {

/// The failure of one attempt.
Failure failure_of(const Attempt& attempt);

/// Why none of these connected. Of several addresses the one that got furthest counts (reset or refused: a host
/// answered; then timed out, then unreachable, then a reason of this host), and the text names all. `attempts` is not
/// empty, and all failed.
Failure connect_failure(const std::vector<Attempt>& attempts);

}  // namespace threadecho::client
