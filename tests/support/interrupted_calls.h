#pragma once

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

}  // namespace threadecho::test
