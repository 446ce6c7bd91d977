#pragma once

#include <chrono>
#include <thread>

namespace threadecho::test {

/// How long a test waits for what must happen; far longer than it takes, so that a slow machine fails no test.
inline constexpr std::chrono::seconds kPatience{30};

/// Waits until `condition` is true, looking every few milliseconds; false after kPatience.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
  }
  return true;
}

}  // namespace threadecho::test
