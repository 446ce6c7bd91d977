#pragma once

#include <cstdint>

#include "watch/watch_record.h"

namespace threadecho::watch {

/// The messages of a path's lasting connection: one becomes due in each interval, and each gets one result.
class MessageSlots {
 public:
  MessageSlots(nanoseconds interval, Clock::time_point first) : interval_(interval), next_(first) {}

  /// When the next one becomes due.
  [[nodiscard]] Clock::time_point next() const noexcept { return next_; }
  /// Returns whether one is due now, which then waits for its result. Intervals that went by while this host did not
  /// run the watcher have no message.
  bool pass(Clock::time_point now);
  /// Gives this result to all messages that wait for one.
  void settle(MessageResult result, PathCounters& counters);

 private:
  nanoseconds interval_;
  Clock::time_point next_;
  std::uint64_t due_ = 0;  ///< that wait for their result
};

}  // namespace threadecho::watch
