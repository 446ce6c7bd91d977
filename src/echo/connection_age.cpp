#include "echo/connection_age.h"

#include "echo/spread.h"

namespace threadecho::echo {

std::optional<Clock::time_point> age_deadline(std::uint64_t id, Clock::time_point accepted_at,
                                              std::chrono::milliseconds limit) {
  if (limit.count() == 0) {
    return std::nullopt;
  }
  // A fraction of 16 bits: its product with a tenth of the longest limit that a setting allows fits int64 milliseconds.
  const std::int64_t fraction = spread(id) >> 16U;
  const std::chrono::milliseconds earlier = limit / 10 * fraction / (1 << 16);
  return accepted_at + limit - earlier;
}

}  // namespace threadecho::echo
