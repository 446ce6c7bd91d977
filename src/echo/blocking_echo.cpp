#include "echo/blocking_echo.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "echo/connection_age.h"
#include "echo/log_lines.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// A kernel timeout may end this much before the clock says so.
constexpr milliseconds kTimerTolerance{5};
/// The receive timeout is set anew only when it would overshoot the age limit by more: at most 10 times a second.
constexpr milliseconds kAgeTolerance{100};
/// Nothing wakes a thread when its last byte is acknowledged, so it looks, ever less often.
constexpr milliseconds kFirstPause{1};
constexpr milliseconds kLongestPause{50};

int poll_timeout(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 60'000));
}

}  // namespace

BlockingEcho::BlockingEcho(Connection& connection, const EchoContext& context, std::span<std::byte> buffer)
    : connection_(connection),
      context_(context),
      fd_(connection.fd()),
      buffer_(buffer),
      age_deadline_(age_deadline(connection.id(), connection.accepted_at(), context.settings.max_connection_age)),
      stall_watch_(context.settings.write_timeout),
      last_received_(Clock::now()),
      armed_(context.settings.idle_timeout) {
  const nanoseconds start = last_received_ - connection.accepted_at();
  connection_.counters.thread_start_ns.set(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(start.count())));
  arm_receive_timeout(last_received_);
}

CloseReason BlockingEcho::run() {
  for (;;) {
    const ssize_t size = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
    std::optional<CloseReason> reason;
    if (size > 0) {
      reason = echo(static_cast<std::size_t>(size));
    } else if (size == 0) {
      return finish_after_client_closed();
    } else if (errno == EAGAIN) {
      reason = expired(Clock::now());
    } else if (errno != EINTR) {
      reason = broken(errno);
    }
    if (reason) {
      return finish(*reason);
    }
  }
}

std::optional<CloseReason> BlockingEcho::echo(std::size_t size) {
  ConnectionCounters& counters = connection_.counters;
  const auto received_at = Clock::now();
  if (const auto reason = connection_.ending()) {
    return reason;  // ended from outside while this thread waited: the client has had its end of file
  }
  if (counters.receives.value() == 0) {
    log_opened(context_.log, connection_);
  }
  counters.received_bytes.add(size);
  counters.receives.add(1);
  log_received(context_.log, connection_, buffer_.first(size));
  if (const auto reason = send_all(buffer_.first(size))) {
    return reason;
  }
  last_received_ = Clock::now();
  counters.echo_duration.observe(kEchoDurationBounds, last_received_ - received_at);
  if (age_deadline_) {
    if (last_received_ >= *age_deadline_) {
      return CloseReason::kMaxAge;
    }
    if (last_received_ + armed_ > *age_deadline_ + kAgeTolerance || armed_.count() == 0) {
      arm_receive_timeout(last_received_);
    }
  }
  return std::nullopt;
}

std::optional<CloseReason> BlockingEcho::send_all(std::span<const std::byte> bytes) {
  for (;;) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      return broken(errno);
    }
    if (sent > 0) {
      connection_.counters.echoed_bytes.add(static_cast<std::uint64_t>(sent));
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    if (bytes.empty()) {
      stall_watch_.reset();
      return std::nullopt;
    }
    // The send timeout is over and not everything is out: the client reads slowly, or not at all.
    if (too_old()) {
      return CloseReason::kMaxAge;
    }
    if (stalled()) {
      return CloseReason::kWriteTimeout;
    }
  }
}

CloseReason BlockingEcho::broken(int error_number) const {
  // Who ended it first: EPIPE is also what a send gets once the drain has shut this side.
  return connection_.ending().value_or(close_reason_of(error_number));
}

bool BlockingEcho::too_old() const { return age_deadline_ && Clock::now() >= *age_deadline_; }

bool BlockingEcho::stalled() {
  const std::uint64_t acknowledged = connection_.counters.echoed_bytes.value() - net::unacknowledged_bytes(fd_);
  return stall_watch_.stalled(acknowledged, Clock::now());
}

std::optional<CloseReason> BlockingEcho::expired(Clock::time_point now) {
  if (age_deadline_ && now + kTimerTolerance >= *age_deadline_) {
    return CloseReason::kMaxAge;
  }
  const milliseconds idle = context_.settings.idle_timeout;
  if (idle.count() > 0 && now + kTimerTolerance >= last_received_ + idle) {
    return CloseReason::kIdleTimeout;
  }
  arm_receive_timeout(now);
  return std::nullopt;
}

void BlockingEcho::arm_receive_timeout(Clock::time_point now) {
  if (!age_deadline_) {
    return;  // IDLE_TIMEOUT alone is inherited from the listener
  }
  milliseconds nearest = std::max(duration_cast<milliseconds>(*age_deadline_ - now), milliseconds(1));
  if (const milliseconds idle = context_.settings.idle_timeout; idle.count() > 0) {
    const auto idle_left = duration_cast<milliseconds>(last_received_ + idle - now);
    nearest = std::min(nearest, std::max(idle_left, milliseconds(1)));
  }
  if (nearest != armed_ && !net::set_receive_timeout(fd_, nearest)) {
    armed_ = nearest;
  }
}

CloseReason BlockingEcho::finish(CloseReason reason) {
  switch (reason) {
    case CloseReason::kIdleTimeout:
    case CloseReason::kMaxAge:
    case CloseReason::kDrainForced:
      connection_.end(reason);
      linger(Clock::now() + kLinger);
      return *connection_.ending();
    case CloseReason::kWriteTimeout:
      // Megabytes may be queued for a client that will not take them: give them back now.
      net::reset_on_close(fd_);
      return reason;
    default:
      return reason;
  }
}

CloseReason BlockingEcho::finish_after_client_closed() {
  if (connection_.ending()) {
    // The client's answer to an end from outside, or the drain's own SHUT_RD.
    wait_until_acknowledged(context_.drain.linger_deadline());
    return *connection_.ending();
  }
  if (const auto reason = deliver_tail()) {
    return finish(*reason);
  }
  return context_.drain.begun() ? CloseReason::kDrained : CloseReason::kClientClosed;
}

/// Shuts the sending side and discards what arrives, so that no reset overtakes the echo that is on its way.
void BlockingEcho::linger(Clock::time_point deadline) {
  ::shutdown(fd_, SHUT_WR);
  const auto end = std::min(deadline, context_.drain.linger_deadline());
  for (;;) {
    pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
    ::poll(&readable, 1, poll_timeout(end));
    switch (net::discard_received(fd_, buffer_)) {
      case net::Discarded::kEnd:
        wait_until_acknowledged(end);
        return;
      case net::Discarded::kError:
        return;
      default:
        break;
    }
    if (Clock::now() >= end) {
      return;
    }
  }
}

/// The client has closed its side and waits for the rest of its echo. It stays a live connection until it has it all:
/// a process that exits, or a container whose network goes, would take the tail along.
std::optional<CloseReason> BlockingEcho::deliver_tail() {
  if (net::unacknowledged_bytes(fd_) == 0) {
    return std::nullopt;
  }
  ::shutdown(fd_, SHUT_WR);
  for (milliseconds pause = kFirstPause; net::unacknowledged_bytes(fd_) > 0;
       pause = std::min(pause * 2, kLongestPause)) {
    if (const auto reason = connection_.ending()) {
      return reason;
    }
    if (net::is_closed(fd_)) {
      if (net::unacknowledged_bytes(fd_) == 0) {
        return std::nullopt;  // the last acknowledgement came between the two questions
      }
      const int error_number = net::take_error(fd_);
      return close_reason_of(error_number == 0 ? ECONNRESET : error_number);
    }
    if (too_old()) {
      return CloseReason::kMaxAge;
    }
    if (stalled()) {
      return CloseReason::kWriteTimeout;
    }
    std::this_thread::sleep_for(pause);
  }
  return std::nullopt;
}

void BlockingEcho::wait_until_acknowledged(Clock::time_point deadline) const {
  milliseconds pause = kFirstPause;
  while (net::unacknowledged_bytes(fd_) > 0 && !net::is_closed(fd_) && Clock::now() < deadline) {
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace threadecho::echo
