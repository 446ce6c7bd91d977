#pragma once

#include <chrono>

#include "stats/latency_histogram.h"

namespace threadecho::test {

/// Latencies from 50 ns to some seconds, the same each time.
inline stats::LatencyHistogram latencies(int count, std::chrono::nanoseconds first = std::chrono::nanoseconds(50)) {
  stats::LatencyHistogram result;
  for (int i = 0; i < count; ++i) {
    result.record(first);
    first = first * 1003 / 1000 + std::chrono::nanoseconds(1);
  }
  return result;
}

}  // namespace threadecho::test
