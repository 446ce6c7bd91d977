#pragma once

namespace threadecho::test {

/// As long as it lives, every other recv and send that does not wait is interrupted (EINTR), in all threads: POSIX
/// allows it, and Linux does not do it by itself.
class InterruptedCalls {
 public:
  InterruptedCalls();
  ~InterruptedCalls();
  InterruptedCalls(const InterruptedCalls&) = delete;
  InterruptedCalls& operator=(const InterruptedCalls&) = delete;

  [[nodiscard]] static int count();
};

}  // namespace threadecho::test
