#include "echo/connection_age.h"

namespace threadecho::echo {

std::optional<Clock::time_point> age_deadline(std::uint64_t id, Clock::time_point accepted_at,
                                              std::chrono::milliseconds limit) {
  if (limit.count() == 0) {
    return std::nullopt;
  }
  // Knuth's multiplicative hash. Its 16 upper bits as a fraction, so that a tenth of any limit of int64 milliseconds
  // that a setting allows can be multiplied by it.
  constexpr std::uint32_t kMultiplier = 2'654'435'761U;
  const std::int64_t fraction = (static_cast<std::uint32_t>(id) * kMultiplier) >> 16U;
  const std::chrono::milliseconds earlier = limit / 10 * fraction / (1 << 16);
  return accepted_at + limit - earlier;
}

}  // namespace threadecho::echo
