#include "stats/statistics.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace threadecho::stats {

Statistics statistics_of(std::vector<std::chrono::nanoseconds> values) {
  assert(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t count = values.size();
  const std::size_t rank_of_p99 = (count * 99 + 99) / 100;  // nearest rank, from 1
  return {.min = values.front(),
          .median = (values[(count - 1) / 2] + values[count / 2]) / 2,
          .p99 = values[rank_of_p99 - 1],
          .max = values.back()};
}

}  // namespace threadecho::stats
