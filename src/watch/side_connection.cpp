#include "watch/side_connection.h"

#include <algorithm>
#include <utility>

namespace threadecho::watch {
namespace {

/// While it fails, it is tried again after this long at the latest. Otherwise, with a long --connect-every or
/// --interval, it would still count as failing long after the outage.
constexpr std::chrono::seconds kLongestRetry{30};

}  // namespace

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
  if (is_fresh()) {
    const nanoseconds every = failing_since_ ? retry_after() : options_.connect_every;
    due_ += ((now - due_) / every + 1) * every;
  } else {
    due_ = now + std::min<nanoseconds>(options_.interval, kLongestRetry);
  }
  return is_path_up ? Step::kConnect : Step::kNothing;
}

Clock::time_point SideConnection::next_step() const {
  const bool awaits_due = !connection_.is_open() || connection_.is_idle();
  return awaits_due ? std::min(connection_.next_step(), due_) : connection_.next_step();
}

nanoseconds SideConnection::retry_after() const {
  const auto usual = is_fresh() ? options_.connect_every : std::max(options_.interval, options_.connect_every);
  return std::min<nanoseconds>(usual, kLongestRetry);
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
  due_ = is_fresh() ? std::min(due_, now + retry_after()) : now + retry_after();
  if (failing_since_) {
    return false;
  }
  failing_since_ = loss.began;
  return true;
}

}  // namespace threadecho::watch
