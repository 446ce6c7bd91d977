#include "echo/blocking_echo.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "config/settings.h"
#include "echo/final_wait.h"
#include "net/poll_timeout.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;

/// The thread sets the receive timeout again only if it could overshoot the age limit by more: at most 20 times a
/// second.
constexpr milliseconds kAgeTolerance{50};

/// Returns poll(2)'s result: positive when one of `events` is there.
int wait_for(short events, int fd, Clock::time_point until) {
  pollfd polled{.fd = fd, .events = events, .revents = 0};
  return ::poll(&polled, 1, net::poll_timeout(until, Clock::now()));
}

}  // namespace

BlockingEcho::BlockingEcho(Connection& connection, const EchoContext& context) noexcept
    : session_(connection, context),
      fd_(connection.fd()),
      armed_(net::timeout_over_after(context.settings.idle_timeout)) {}

void BlockingEcho::begin() {
  session_.begin();
  arm_receive_timeout(session_.last_received());
}

std::optional<CloseReason> BlockingEcho::run(std::span<std::byte> buffer, std::span<const std::byte> begun) {
  std::ranges::copy(begun, buffer.begin());
  std::size_t before = begun.size();
  for (;;) {
    // Bytes that arrived together with the beginning of a message are part of it, so that a fault delays them only
    // once.
    const auto room = buffer.subspan(before);
    const ssize_t received = ::recv(fd_, room.data(), room.size(), before > 0 ? MSG_DONTWAIT : 0);
    const auto size = std::exchange(before, 0) + static_cast<std::size_t>(std::max<ssize_t>(received, 0));
    std::optional<CloseReason> reason;
    if (size == buffer.size() && size < session_.context().settings.buffer_size) {
      return std::nullopt;
    }
    if (size > 0) {
      reason = echo(buffer.first(size));
    } else if (received == 0) {
      LingeringClose close(session_);
      close.begin_after_client_closed();
      return finish(close, buffer);
    } else if (errno == EAGAIN) {
      reason = on_receive_timeout();
    } else if (errno != EINTR) {
      reason = session_.reason_after_error(errno);
    }
    if (reason) {
      LingeringClose close(session_);
      close.begin(*reason);
      return finish(close, buffer);
    }
  }
}

std::optional<CloseReason> BlockingEcho::echo(std::span<std::byte> bytes) {
  if (const auto reason = session_.on_received(bytes)) {
    return reason;
  }
  do {
    if (const auto reason = session_.send_some(bytes, 0)) {
      return reason;
    }
    if (session_.is_held()) {
      session_.wait_while_held();
      continue;
    }
    // The client reads slowly, or not at all.
    while (!bytes.empty() && wait_for(POLLOUT, fd_, session_.send_deadline()) <= 0) {
      if (const auto reason = session_.reason_if_stuck(Clock::now())) {
        return reason;
      }
    }
  } while (!bytes.empty() || session_.is_held());
  if (const auto reason = session_.on_echoed()) {
    return reason;
  }
  const auto now = session_.last_received();
  const auto age_deadline = session_.age_deadline();
  if (age_deadline != Clock::time_point::max() &&
      (armed_.count() == 0 || now + armed_ + armed_ / 8 > age_deadline + kAgeTolerance)) {
    arm_receive_timeout(now);
  }
  return std::nullopt;
}

/// Call when the receive timeout is over and the deadline is near: waits exactly until the deadline. Returns nothing if
/// the client sends something first.
std::optional<CloseReason> BlockingEcho::on_receive_timeout() const {
  do {
    if (const auto reason = session_.reason_if_overdue(Clock::now())) {
      return reason;
    }
  } while (wait_for(POLLIN, fd_, session_.receive_deadline()) <= 0);
  return std::nullopt;
}

void BlockingEcho::arm_receive_timeout(Clock::time_point now) {
  if (session_.age_deadline() == Clock::time_point::max()) {
    return;  // IDLE_TIMEOUT alone is inherited from the listener
  }
  const auto left = std::chrono::duration_cast<milliseconds>(session_.receive_deadline() - now);
  const milliseconds timeout = net::timeout_over_after(std::max(left, milliseconds(1)));
  if (timeout != armed_ && !net::set_receive_timeout(fd_, timeout)) {
    armed_ = timeout;
  }
}

CloseReason BlockingEcho::finish(LingeringClose close, std::span<std::byte> buffer) const {
  FinalWait final_wait(fd_, session_.context().spare_descriptors);
  while (const auto wait = close.step(Clock::now(), buffer)) {
    if (wait->event == LingeringClose::Event::kReadable) {
      wait_for(POLLIN, fd_, wait->until);
    } else {
      final_wait.wait_until(wait->until);
    }
  }
  return close.reason();
}

}  // namespace threadecho::echo
