#pragma once

#include <chrono>
#include <vector>

namespace threadecho::stats {

struct Statistics {
  std::chrono::nanoseconds min{};
  std::chrono::nanoseconds median{};  ///< the mean of the two in the middle, when there are two
  std::chrono::nanoseconds p99{};     ///< the least value that 99 % do not exceed; below 100 values that is the maximum
  std::chrono::nanoseconds max{};
};

/// `values` is not empty; their order does not matter.
Statistics statistics_of(std::vector<std::chrono::nanoseconds> values);

}  // namespace threadecho::stats
