#pragma once

#include <algorithm>
#include <chrono>

namespace threadecho::client {

/// Keeps a client from connecting thousands of times a second to a server that is down. After a connect that failed,
/// the next one begins 10 ms after the beginning of that one; each further failure doubles this time, up to a limit.
/// One thread uses it.
class ConnectPause {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds kFirst{10};
  static constexpr Milliseconds kLongest{500};

  /// Never longer than an interval of 10 ms or more, so that each message has an attempt of its own. 0: no interval.
  explicit ConnectPause(Milliseconds interval, Milliseconds longest = kLongest)
      : longest_(interval.count() == 0 ? longest : std::clamp(interval, kFirst, longest)) {}

  void begin(Clock::time_point now) noexcept { began_ = now; }
  /// The connect failed, or no message came back over its connection.
  void fail() {
    pause_ = std::clamp(2 * pause_, kFirst, longest_);
    over_at_ = began_ + pause_;
  }
  /// A message came back.
  void succeed() noexcept { pause_ = {}; }
  [[nodiscard]] Clock::time_point over_at() const noexcept { return over_at_; }

 private:
  Milliseconds longest_;
  Milliseconds pause_{0};
  Clock::time_point began_;
  Clock::time_point over_at_;
};

}  // namespace threadecho::client
