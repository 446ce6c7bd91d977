#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "echo/connection.h"

namespace threadecho::echo {

/// When a connection is too old, by MAX_CONNECTION_AGE: up to 10 % before `limit`, so that a fleet of clients that
/// connected at once does not reconnect at once. Spread by the connection's number, evenly over any run of them.
/// Nothing when `limit` is 0.
std::optional<Clock::time_point> age_deadline(std::uint64_t id, Clock::time_point accepted_at,
                                              std::chrono::milliseconds limit);

}  // namespace threadecho::echo
