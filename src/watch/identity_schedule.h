#pragma once

#include <chrono>
#include <utility>

#include "watch/watch_record.h"

namespace threadecho::watch {

/// When a path asks its address for pod and node: when it comes up, and again until the address has told its node. It
/// asks one question at a time: otherwise questions to many addresses that do not answer would pile up faster than they
/// time out.
class IdentitySchedule {
 public:
  explicit IdentitySchedule(bool is_wanted) noexcept : is_wanted_(is_wanted), is_known_(!is_wanted) {}

  /// Another server may be there now: what is being asked may still come from the one before.
  void restart(Clock::time_point now) noexcept {
    is_known_ = !is_wanted_;
    is_outdated_ = is_asking_;
    next_ = now;
  }
  /// Returns whether to ask now; call take_answer() for each time.
  bool pass(Clock::time_point now) noexcept {
    const bool is_due = !is_known_ && !is_asking_ && now >= next_;
    is_asking_ = is_asking_ || is_due;
    return is_due;
  }
  void take_answer(bool has_node, Clock::time_point now) noexcept {
    constexpr std::chrono::minutes kAgainAfter{5};
    is_asking_ = false;
    if (!std::exchange(is_outdated_, false)) {
      is_known_ = has_node;
      next_ = now + kAgainAfter;
    }
  }

 private:
  bool is_wanted_;
  bool is_known_;
  bool is_asking_ = false;
  bool is_outdated_ = false;
  Clock::time_point next_;
};

}  // namespace threadecho::watch
