#pragma once

#include <chrono>
#include <ctime>

namespace threadecho::test {

/// Keeps this thread busy until it has used this much processor time.
inline void use_processor_for(std::chrono::nanoseconds time) {
  const auto used = [] {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto end = used() + time;
  while (used() < end) {
  }
}

}  // namespace threadecho::test
