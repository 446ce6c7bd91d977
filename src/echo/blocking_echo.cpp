#include "echo/blocking_echo.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "config/settings.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;

/// The receive timeout is set anew only when it would overshoot the age limit by more: at most 10 times a second.
constexpr milliseconds kAgeTolerance{100};
constexpr milliseconds kLongestWait{60'000};

void wait_for(const Ending::Wait& wait, int fd) {
  // poll(2) passes over a negative descriptor: then only time ends the waiting, not a hang-up that is there already.
  pollfd polled{.fd = wait.readable ? fd : -1, .events = POLLIN, .revents = 0};
  const auto left = std::chrono::ceil<milliseconds>(wait.until - Clock::now());
  ::poll(&polled, 1, static_cast<int>(std::clamp(left, milliseconds(0), kLongestWait).count()));
}

}  // namespace

BlockingEcho::BlockingEcho(Connection& connection, const EchoContext& context) noexcept
    : session_(connection, context), fd_(connection.fd()), armed_(context.settings.idle_timeout) {}

void BlockingEcho::begin() {
  session_.begin();
  arm_receive_timeout(session_.last_received());
}

std::optional<CloseReason> BlockingEcho::run(std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t received = ::recv(fd_, buffer.data(), buffer.size(), 0);
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(received, 0));
    std::optional<CloseReason> reason;
    if (received > 0) {
      reason = echo(buffer.first(size));
    } else if (received == 0) {
      Ending ending(session_);
      ending.begin_after_client_closed();
      return finish(ending, buffer);
    } else if (errno == EAGAIN) {
      reason = waited_in_vain();
    } else if (errno != EINTR) {
      reason = session_.broken(errno);
    }
    if (reason) {
      Ending ending(session_);
      ending.begin(*reason);
      return finish(ending, buffer);
    }
    if (size == buffer.size() && size < session_.context().settings.buffer_size) {
      return std::nullopt;
    }
  }
}

std::optional<CloseReason> BlockingEcho::echo(std::span<const std::byte> bytes) {
  if (const auto reason = session_.received(bytes)) {
    return reason;
  }
  while (!bytes.empty()) {
    if (const auto reason = session_.send_some(bytes, 0)) {
      return reason;
    }
  }
  if (const auto reason = session_.echoed()) {
    return reason;
  }
  const auto now = session_.last_received();
  const auto age_deadline = session_.age_deadline();
  if (age_deadline != Clock::time_point::max() &&
      (armed_.count() == 0 || now + armed_ > age_deadline + kAgeTolerance)) {
    arm_receive_timeout(now);
  }
  return std::nullopt;
}

/// The receive timeout is over: which deadline has passed, if one has; otherwise waits again for the nearest.
std::optional<CloseReason> BlockingEcho::waited_in_vain() {
  const auto now = Clock::now();
  if (const auto reason = session_.overdue(now)) {
    return reason;
  }
  arm_receive_timeout(now);
  return std::nullopt;
}

void BlockingEcho::arm_receive_timeout(Clock::time_point now) {
  if (session_.age_deadline() == Clock::time_point::max()) {
    return;  // IDLE_TIMEOUT alone is inherited from the listener
  }
  const auto left = std::chrono::duration_cast<milliseconds>(session_.receive_deadline() - now);
  const milliseconds timeout = std::max(left, milliseconds(1));
  if (timeout != armed_ && !net::set_receive_timeout(fd_, timeout)) {
    armed_ = timeout;
  }
}

CloseReason BlockingEcho::finish(Ending ending, std::span<std::byte> buffer) const {
  while (const auto wait = ending.step(Clock::now(), buffer)) {
    wait_for(*wait, fd_);
  }
  return ending.reason();
}

}  // namespace threadecho::echo
