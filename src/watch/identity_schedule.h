#pragma once

#include <chrono>

#include "watch/watch_record.h"

namespace threadecho::watch {

/// When a path asks its address for pod and node: when it comes up, and again until the address has told its node.
class IdentitySchedule {
 public:
  explicit IdentitySchedule(bool is_wanted) noexcept : is_wanted_(is_wanted), is_known_(!is_wanted) {}

  /// Another server may be there now.
  void restart(Clock::time_point now) noexcept {
    is_known_ = !is_wanted_;
    next_ = now;
  }
  /// Returns whether to ask now.
  bool pass(Clock::time_point now) noexcept {
    constexpr std::chrono::minutes kAgainAfter{5};
    const bool is_due = !is_known_ && now >= next_;
    next_ = is_due ? now + kAgainAfter : next_;
    return is_due;
  }
  void take_answer(bool has_node) noexcept { is_known_ = has_node; }

 private:
  bool is_wanted_;
  bool is_known_;
  Clock::time_point next_;
};

}  // namespace threadecho::watch
