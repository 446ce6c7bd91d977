#include "watch/side_connection.h"

#include <algorithm>
#include <utility>

namespace threadecho::watch {

SideConnection::Step SideConnection::step(Clock::time_point now, bool is_path_up) {
  if (now < due_) {
    return Step::kNothing;
  }
  if (connection_.is_open()) {
    if (is_fresh() || !connection_.is_idle()) {
      return Step::kNothing;
    }
    due_ = Clock::time_point::max();  // until the echo
    return Step::kSend;
  }
  due_ = is_fresh() ? due_ + ((now - due_) / options_.connect_every + 1) * options_.connect_every
                    : now + options_.interval;
  return is_path_up ? Step::kConnect : Step::kNothing;
}

Clock::time_point SideConnection::next_step() const {
  const bool awaits_due = !connection_.is_open() || connection_.is_idle();
  return awaits_due ? std::min(connection_.next_step(), due_) : connection_.next_step();
}

std::optional<nanoseconds> SideConnection::succeed(Clock::time_point now) {
  if (!is_fresh()) {
    due_ = now + options_.idle;
  }
  if (!failing_since_) {
    return std::nullopt;
  }
  return now - *std::exchange(failing_since_, std::nullopt);
}

bool SideConnection::fail(const Loss& loss, Clock::time_point now) {
  if (!is_fresh()) {
    due_ = now + std::max(options_.interval, options_.connect_every);
  }
  if (failing_since_) {
    return false;
  }
  failing_since_ = loss.began;
  return true;
}

}  // namespace threadecho::watch
