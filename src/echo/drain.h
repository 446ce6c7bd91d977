#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include "echo/connection.h"

namespace threadecho::echo {

/// How long an ended connection may go on discarding what its client still sends, so that the client reads all of its
/// echo and the end of file before anything draws a reset.
inline constexpr std::chrono::milliseconds kLinger{1000};

/// The progress of the server's stop, for its threads. Written by the thread that stops the server. Relaxed throughout:
/// each flag stands alone, and shutdown(2) on the sockets is what makes threads look.
class Drain {
 public:
  /// `deadline` is when connections that are still open are to be ended; it is only shown.
  void begin(Clock::time_point deadline) noexcept {
    deadline_.store(deadline.time_since_epoch(), std::memory_order_relaxed);
    begun_.store(true, std::memory_order_relaxed);
  }
  [[nodiscard]] bool has_begun() const noexcept { return begun_.load(std::memory_order_relaxed); }

  /// From now on no connection lingers beyond `deadline`, one for all connections together.
  void limit_linger(Clock::time_point deadline) noexcept {
    linger_deadline_.store(deadline.time_since_epoch(), std::memory_order_relaxed);
  }
  [[nodiscard]] Clock::time_point linger_deadline() const noexcept {
    return Clock::time_point(linger_deadline_.load(std::memory_order_relaxed));
  }

  /// How long open connections still have; nothing before a drain, and while no deadline is seen.
  [[nodiscard]] std::optional<Clock::duration> time_left(Clock::time_point now) const noexcept {
    if (!has_begun()) {
      return std::nullopt;
    }
    const Clock::time_point planned(deadline_.load(std::memory_order_relaxed));
    const Clock::time_point last = linger_deadline();  // after a drain that was cut short, this is the nearer one
    const Clock::time_point end = last == Clock::time_point::max() ? planned : last;
    if (end == Clock::time_point::max()) {
      return std::nullopt;
    }
    return std::max(Clock::duration::zero(), end - now);
  }

 private:
  std::atomic<bool> begun_{false};
  std::atomic<Clock::duration> deadline_{Clock::duration::max()};
  std::atomic<Clock::duration> linger_deadline_{Clock::duration::max()};
};

}  // namespace threadecho::echo
