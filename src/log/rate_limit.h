#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace threadecho::log {

/// Lets one line through in each interval and counts the others; one object for each kind of line. Any thread may call.
///
///     if (const auto suppressed = limit_.admit()) {
///       logger.warn("cannot accept a client", {{"error", text}, {"suppressed", *suppressed}});
///     }
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimit(Clock::duration interval = std::chrono::seconds(1)) : interval_(interval) {}

  /// If a line may be written now: how many were held back since the last one. Nothing if this one is held back.
  std::optional<std::uint64_t> admit(Clock::time_point now = Clock::now()) {
    const std::scoped_lock lock(mutex_);
    if (last_ && now - *last_ < interval_) {
      ++suppressed_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(suppressed_, 0);
  }

  /// How many lines were held back since the last one, for a final line that reports them.
  std::uint64_t take_suppressed() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(suppressed_, 0);
  }

 private:
  const Clock::duration interval_;
  std::mutex mutex_;  ///< protects the members below
  std::optional<Clock::time_point> last_;
  std::uint64_t suppressed_ = 0;
};

}  // namespace threadecho::log
