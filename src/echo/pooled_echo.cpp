#include "echo/pooled_echo.h"

#include <sys/socket.h>

#include <cerrno>
#include <new>
#include <utility>
#include <vector>

namespace threadecho::echo {

PooledEcho::Next PooledEcho::take_turn(std::span<std::byte> buffer) {
  if (!begun_) {
    begun_ = true;
    session_.begin();
  }
  if (closing_) {
    return step_close(buffer);
  }
  return is_sending_ ? flush(buffer) : receive(buffer);
}

PooledEcho::Next PooledEcho::receive(std::span<std::byte> buffer) {
  const bool just_echoed = std::exchange(just_echoed_, false);
  const ssize_t size = ::recv(session_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) {
    return echo(buffer.first(static_cast<std::size_t>(size)), buffer);
  }
  if (size == 0) {
    closing_.emplace(session_).begin_after_client_closed();
    return step_close(buffer);
  }
  if (errno == EINTR) {
    return Next::kAgain;  // no second event comes for what has arrived
  }
  if (errno != EAGAIN) {
    return end(session_.reason_after_error(errno), buffer);
  }
  if (just_echoed) {
    return wait_to_receive();  // no event and no deadline led to this turn
  }
  if (const auto reason = session_.reason_if_overdue(Clock::now())) {
    return end(*reason, buffer);
  }
  return wait_to_receive();
}

/// `bytes` are the front of `buffer`.
PooledEcho::Next PooledEcho::echo(std::span<std::byte> bytes, std::span<std::byte> buffer) {
  auto reason = session_.on_received(bytes);
  if (!reason) {
    reason = session_.send_some(bytes, MSG_DONTWAIT);
  }
  if (!reason && (!bytes.empty() || session_.is_held())) {
    try {
      unsent_.assign(bytes.begin(), bytes.end());
      return wait_to_send();
    } catch (const std::bad_alloc&) {
      reason = CloseReason::kError;
    }
  }
  if (!reason) {
    reason = session_.on_echoed();
  }
  if (reason) {
    return end(*reason, buffer);
  }
  // A busy client's next message has often arrived once all others have had their turn: another recv costs less than
  // an event.
  just_echoed_ = true;
  return Next::kAgain;
}

PooledEcho::Next PooledEcho::flush(std::span<std::byte> buffer) {
  std::span<std::byte> rest = std::span(unsent_).subspan(sent_of_unsent_);
  auto reason = session_.send_some(rest, MSG_DONTWAIT);
  if (!reason && (!rest.empty() || session_.is_held())) {
    sent_of_unsent_ = unsent_.size() - rest.size();
    return wait_to_send();
  }
  unsent_ = std::vector<std::byte>();  // frees the memory, which clear() and = {} do not
  sent_of_unsent_ = 0;
  is_sending_ = false;
  if (!reason) {
    reason = session_.on_echoed();
  }
  return reason ? end(*reason, buffer) : receive(buffer);
}

PooledEcho::Next PooledEcho::wait_to_send() {
  is_sending_ = true;
  wait_until_ = session_.send_deadline();
  return Next::kWait;
}

PooledEcho::Next PooledEcho::wait_to_receive() {
  wait_until_ = session_.receive_deadline();
  return Next::kWait;
}

PooledEcho::Next PooledEcho::end(CloseReason reason, std::span<std::byte> buffer) {
  unsent_ = std::vector<std::byte>();
  closing_.emplace(session_).begin(reason);
  return step_close(buffer);
}

PooledEcho::Next PooledEcho::step_close(std::span<std::byte> buffer) {
  const auto now = Clock::now();
  const auto wait = closing_->step(now, buffer);
  if (!wait) {
    return Next::kEnded;
  }
  if (wait->until <= now) {
    return Next::kAgain;
  }
  wait_until_ = wait->until;
  return Next::kWait;
}

}  // namespace threadecho::echo
