#include "echo/lingering_close.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "net/tcp.h"

namespace threadecho::echo {
namespace {

/// How many buffers of a client that goes on sending to discard at once, before other clients of the thread have their
/// turn.
constexpr int kDiscardAtOnce = 4;
/// No event reports that the client has acknowledged everything before a reset on demand, so the thread looks again
/// after a pause: the first one at the beginning, up to the later one for a client that reads slowly.
constexpr std::chrono::milliseconds kFirstLookBeforeReset{5};
constexpr std::chrono::milliseconds kLaterLookBeforeReset{100};

}  // namespace

void LingeringClose::begin(CloseReason reason) {
  reason_ = reason;
  stage_ = Stage::kDone;
  switch (reason) {
    case CloseReason::kIdleTimeout:
    case CloseReason::kMaxAge:
    case CloseReason::kDrainForced:
    case CloseReason::kFault:
      session_.connection().end(reason);
      reason_ = *session_.connection().end_reason();
      begun_at_ = Clock::now();
      linger_until_ = begun_at_ + kLinger;
      if (reason_ == CloseReason::kFault && session_.ends_with_reset()) {
        stage_ = Stage::kResetting;
        linger_until_ = Clock::time_point::max();
        break;
      }
      ::shutdown(fd(), SHUT_WR);
      stage_ = Stage::kLingering;
      break;
    case CloseReason::kWriteTimeout:
      // Megabytes may be queued for a client that will not take them: give them back now.
      net::reset_on_close(fd());
      break;
    default:
      break;
  }
}

void LingeringClose::begin_after_client_closed() {
  if (const auto reason = session_.connection().end_reason()) {
    // The client's answer to an end from outside, or the drain's own SHUT_RD.
    reason_ = *reason;
    stage_ = Stage::kAcknowledging;
    return;
  }
  stage_ = Stage::kDeliveringTail;
  session_.connection().set_half_closed();
}

std::optional<LingeringClose::Wait> LingeringClose::step(Clock::time_point now, std::span<std::byte> scratch) {
  switch (stage_) {
    case Stage::kLingering:
      return linger(now, scratch);
    case Stage::kDeliveringTail:
      if (const auto wait = deliver_tail(now)) {
        return wait;
      }
      return stage_ == Stage::kLingering ? linger(now, scratch) : std::nullopt;
    case Stage::kAcknowledging:
      return await_acknowledgement(now);
    case Stage::kResetting:
      return await_reset(now);
    case Stage::kDone:
      break;
  }
  return std::nullopt;
}

std::optional<LingeringClose::Wait> LingeringClose::linger(Clock::time_point now, std::span<std::byte> scratch) {
  for (int i = 0; i < kDiscardAtOnce && now < deadline(); ++i) {
    switch (net::discard_received(fd(), scratch).found) {
      case net::Discarded::Found::kSome:
        break;
      case net::Discarded::Found::kNothingYet:
        return Wait{.event = Event::kReadable, .until = deadline()};
      case net::Discarded::Found::kEnd:
        stage_ = Stage::kAcknowledging;
        return await_acknowledgement(now);
      case net::Discarded::Found::kError:
        return std::nullopt;
    }
  }
  return now < deadline() ? std::optional(Wait{.event = Event::kReadable, .until = now}) : std::nullopt;
}

/// The connection stays live until the client has all of its echo: when a process exits and its container's network
/// goes, the unsent tail is lost.
std::optional<LingeringClose::Wait> LingeringClose::deliver_tail(Clock::time_point now) {
  if (net::unacknowledged_bytes(fd()) > 0) {
    if (!sending_shut_) {
      sending_shut_ = true;
      ::shutdown(fd(), SHUT_WR);
    }
    std::optional<CloseReason> reason = session_.connection().end_reason();
    if (!reason && !net::is_closed(fd())) {
      reason = session_.reason_if_stuck(now);
      if (!reason) {
        return Wait{.event = Event::kChange, .until = session_.tail_deadline()};
      }
    } else if (!reason && net::unacknowledged_bytes(fd()) > 0) {
      const int error_number = net::take_error(fd());
      reason = close_reason_of(error_number == 0 ? ECONNRESET : error_number);
    }
    if (reason) {
      begin(*reason);
      return std::nullopt;
    }
    // Closed, and all of it acknowledged: the last acknowledgement came between the two questions.
  }
  stage_ = Stage::kDone;
  reason_ = session_.context().drain.has_begun() ? CloseReason::kDrained : CloseReason::kClientClosed;
  return std::nullopt;
}

std::optional<LingeringClose::Wait> LingeringClose::await_acknowledgement(Clock::time_point now) {
  if (net::unacknowledged_bytes(fd()) == 0 || net::is_closed(fd()) || now >= deadline()) {
    return std::nullopt;
  }
  return Wait{.event = Event::kChange, .until = deadline()};
}

/// A reset destroys what the client has not acknowledged, and the fault promises it a number of bytes before the reset.
/// So a client that reads slowly gets as much time for them as for any echo.
std::optional<LingeringClose::Wait> LingeringClose::await_reset(Clock::time_point now) {
  if (net::unacknowledged_bytes(fd()) > 0 && !net::is_closed(fd()) && now < deadline() &&
      !session_.reason_if_stuck(now)) {
    const auto pause = std::clamp<Clock::duration>((now - begun_at_) / 8, kFirstLookBeforeReset, kLaterLookBeforeReset);
    return Wait{.event = Event::kChange, .until = std::min(deadline(), now + pause)};
  }
  net::reset_on_close(fd());
  return std::nullopt;
}

Clock::time_point LingeringClose::deadline() const noexcept {
  return std::min(linger_until_, session_.context().drain.linger_deadline());
}

}  // namespace threadecho::echo
