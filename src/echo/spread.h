#pragma once

#include <cstdint>

namespace threadecho::echo {

/// A value that follows from `number` alone, evenly spread over 0 to 2^32-1 for any run of numbers: Knuth's
/// multiplicative hash.
constexpr std::uint32_t spread(std::uint64_t number) noexcept {
  constexpr std::uint32_t kMultiplier = 2'654'435'761U;
  return static_cast<std::uint32_t>(number) * kMultiplier;
}

}  // namespace threadecho::echo
