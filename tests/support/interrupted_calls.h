#pragma once

#include <chrono>

namespace threadecho::test {

/// As long as it lives, every other recv and send of an echo thread is interrupted (EINTR), whether it waits or not:
/// POSIX allows it, and Linux does not do it by itself.
class InterruptedCalls {
 public:
  InterruptedCalls();
  ~InterruptedCalls();
  InterruptedCalls(const InterruptedCalls&) = delete;
  InterruptedCalls& operator=(const InterruptedCalls&) = delete;

  [[nodiscard]] static int count();
};

/// As long as it lives, one send of the threads of a load begins late, as if the thread had not run just before it.
class HeldUpSend {
 public:
  /// The send of this number, from 1.
  HeldUpSend(int number, std::chrono::milliseconds time);
  ~HeldUpSend();
  HeldUpSend(const HeldUpSend&) = delete;
  HeldUpSend& operator=(const HeldUpSend&) = delete;

  [[nodiscard]] static bool has_happened();
};

}  // namespace threadecho::test
