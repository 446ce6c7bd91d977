#pragma once

#include <atomic>
#include <chrono>

namespace threadecho::host {

/// Shows other threads that a thread still runs its loop. The thread beats in each iteration, and at least once a
/// period. Relaxed: nothing else is handed over with a beat.
class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;

  /// Call before the thread starts. Without a period the thread may wait without limit.
  void begin(Clock::duration period) noexcept {
    period_ = period;
    beat(Clock::now());
  }

  /// For the thread: it is alive at `now`.
  void beat(Clock::time_point now) noexcept { last_.store(now.time_since_epoch(), std::memory_order_relaxed); }
  /// For the thread: when its next iteration must begin.
  [[nodiscard]] Clock::time_point next(Clock::time_point now) const noexcept {
    return period_ == Clock::duration::max() ? Clock::time_point::max() : now + period_;
  }
  /// For any thread.
  [[nodiscard]] Clock::time_point last() const noexcept {
    return Clock::time_point(last_.load(std::memory_order_relaxed));
  }

 private:
  Clock::duration period_ = Clock::duration::max();
  std::atomic<Clock::duration> last_{Clock::duration::zero()};
};

}  // namespace threadecho::host
