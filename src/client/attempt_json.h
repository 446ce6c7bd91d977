#pragma once

#include <vector>

#include "client/connect_race.h"
#include "client/json.h"

namespace threadecho::client {

/// The member `connects` of a result: [{time, address, local_address, duration_seconds, error?}].
Json json_of(const std::vector<Attempt>& attempts);

}  // namespace threadecho::client
