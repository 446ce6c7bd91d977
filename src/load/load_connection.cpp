#include "load/load_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "client/proxy_header.h"
#include "net/tcp.h"

namespace threadecho::load {
namespace {

// After this many sends, other connections get their turn.
constexpr int kSendsAtOnce = 4;

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

/// The place after `index` in a ring.
std::size_t next_in(const std::vector<Nanoseconds>& ring, std::size_t index) {
  return index + 1 < ring.size() ? index + 1 : 0;
}

client::ConnectRace::Clock::time_point time_of(Nanoseconds now) {
  return client::ConnectRace::Clock::time_point(std::chrono::nanoseconds(now));
}

bool is_only_waiting(int error_number) { return error_number == EAGAIN || error_number == EINTR; }

}  // namespace

LoadConnection::LoadConnection(const LoadOptions& options, std::uint32_t index) : payload_(index) {
  if (options.mode != LoadMode::kOpen && options.mode != LoadMode::kBulk) {
    // One more than are in flight: the next may begin before the last is taken out. Held ones may have their first
    // message and the proof in flight.
    began_.resize(options.mode == LoadMode::kHold ? 2 : options.pipeline + 1U);
  }
}

void LoadConnection::connect(const LoadOptions& options, std::vector<net::Endpoint> addresses,
                             const net::Endpoint* source, Nanoseconds now) {
  race_ = std::make_unique<client::ConnectRace>(std::move(addresses), options.timeout, source);
  state_ = State::kConnecting;
  last_progress_ = now;
}

std::optional<client::Connected> LoadConnection::continue_connect(Nanoseconds now) {
  race_->advance(time_of(now));
  return race_->is_over() ? std::optional(race_->finish(time_of(now))) : std::nullopt;
}

Nanoseconds LoadConnection::next_connect_step() const {
  return std::chrono::nanoseconds(race_->next_step().time_since_epoch()).count();
}

void LoadConnection::adopt(LoadContext& context, client::Connected connected, Nanoseconds now) {
  const client::Attempt& attempt = connected.attempts.back();
  race_.reset();
  fd_ = std::move(connected.fd);
  peer_ = attempt.endpoint;
  client::send_proxy_header(context.options.proxy_protocol, fd_.get());
  state_ = State::kOpen;
  base_ = received_ = sent_ = limit_ = round_up(sent_, client::Payload::kWordSize);
  next_end_ = base_ + context.options.size;
  completed_ = 0;
  newest_ = oldest_ = 0;
  context.recorder.connect_times.record(attempt.duration);
  last_progress_ = now;
}

void LoadConnection::allow_message(const LoadOptions& options, Nanoseconds began) {
  if (is_idle()) {
    last_progress_ = std::max(last_progress_, began);
  }
  began_[newest_] = began;
  newest_ = next_in(began_, newest_);
  limit_ += options.size;
}

void LoadConnection::allow_due(const LoadOptions& options, std::uint64_t round, Nanoseconds now) {
  if (limit_ == base_) {
    first_round_ = round;
  }
  if (is_idle()) {
    last_progress_ = now;
  }
  limit_ += options.size;
}

void LoadConnection::allow_no_more(const LoadOptions& options) noexcept {
  if (limit_ == UINT64_MAX) {
    limit_ = base_ + round_up(sent_ - base_, options.size);
  }
}

std::optional<Failure> LoadConnection::send(LoadContext& context, Nanoseconds now) {
  for (int i = 0; i < kSendsAtOnce && sent_ < limit_ && state_ == State::kOpen; ++i) {
    const std::size_t size = std::min<std::uint64_t>(limit_ - sent_, context.send_buffer.size());
    const std::span<std::byte> bytes(context.send_buffer.data(), size);
    payload_.fill(sent_, bytes);
    const ssize_t taken = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
      return is_only_waiting(errno) ? std::nullopt : std::optional(connection_failure(client::errno_code(errno)));
    }
    if (sent_ == received_) {
      last_progress_ = now;
    }
    sent_ += static_cast<std::uint64_t>(taken);
    if (static_cast<std::size_t>(taken) < size) {
      break;
    }
  }
  return std::nullopt;
}

void LoadConnection::let_receive_wait() const noexcept {
  ::fcntl(fd_.get(), F_SETFL, 0);  // clears O_NONBLOCK, the only flag it has
}

std::optional<Failure> LoadConnection::receive(LoadContext& context, Waiting waiting) {
  std::span<std::byte> room(context.receive_buffer);
  const int flags = waiting == Waiting::kUntilInterrupted ? 0 : MSG_DONTWAIT;
  const ssize_t got = ::recv(fd_.get(), room.data(), room.size(), flags);
  if (got <= 0) {
    if (got < 0 && is_only_waiting(errno)) {
      return std::nullopt;
    }
    if (state_ == State::kDiagnosing) {
      return diagnosis(context);
    }
    return got < 0 ? connection_failure(client::errno_code(errno))
                   : Failure{FailureKind::kClosedEarly, "closed by the server" + progress_of_message(context.options)};
  }
  const Nanoseconds now = monotonic_now();
  const auto size = static_cast<std::size_t>(got);
  if (state_ == State::kDiagnosing) {
    return suspect(context, room.first(size), now);
  }
  const std::span<const std::byte> bytes = room.first(size);
  const bool sends_next = waiting == Waiting::kUntilInterrupted && context.refills && received_ + size == next_end_;
  if (sends_next) {
    // Send first, verify then, as a plain client does. An error of this send comes back from the next call.
    allow_message(context.options, now);
    static_cast<void>(send(context, now));
  }
  const std::size_t right = std::min<std::uint64_t>(payload_.first_mismatch(received_, bytes), sent_ - received_);
  received_ += right;
  last_progress_ = now;
  complete_messages(context, now, !sends_next);
  if (right < size) {
    return suspect(context, bytes.subspan(right), now);
  }
  return std::nullopt;
}

std::uint64_t LoadConnection::measured_in_flight(const LoadContext& context) const {
  const std::uint64_t allowed = (limit_ - base_) / context.options.size;
  std::uint64_t first = completed_;
  while (first < allowed && due(context, first) < context.recorder.from) {
    ++first;
  }
  return allowed - first;
}

/// Open loop: of a message of this connection, counted from 0.
Nanoseconds LoadConnection::due(const LoadContext& context, std::uint64_t message) const {
  return context.schedule.due(first_round_ + message, payload_.connection());
}

Nanoseconds LoadConnection::began(const LoadContext& context) const {
  if (context.options.mode == LoadMode::kOpen) {
    return due(context, completed_);
  }
  return began_.empty() ? 0 : began_[oldest_];
}

void LoadConnection::complete_messages(LoadContext& context, Nanoseconds now, bool allows_next) {
  while (received_ >= next_end_) {
    context.recorder.message(began(context), now);
    ++completed_;
    oldest_ = next_in(began_, oldest_);
    next_end_ += context.options.size;
    if (context.refills && allows_next) {
      allow_message(context.options, now);
    }
  }
}

std::optional<Failure> LoadConnection::suspect(const LoadContext& context, std::span<const std::byte> wrong,
                                               Nanoseconds now) {
  if (state_ != State::kDiagnosing) {
    state_ = State::kDiagnosing;
    suspicion_ = std::make_unique<Suspicion>(received_, now);
    limit_ = sent_;
  }
  suspicion_->add(wrong);
  return suspicion_->is_ripe(now, sent_) ? std::optional(diagnosis(context)) : std::nullopt;
}

std::string LoadConnection::progress_of_message(const LoadOptions& options) const {
  if (received_ == sent_) {
    return completed_ == 0 ? " before anything came back" : " between two messages";
  }
  return fmt::format(" after {} of {} bytes of a message", received_ - (next_end_ - options.size), options.size);
}

std::optional<Failure> LoadConnection::check(const LoadContext& context, Nanoseconds now, Nanoseconds held_up) {
  const LoadOptions& options = context.options;
  // A message may have been sent after such a time with a clock that was read before it.
  last_progress_ = std::max(last_progress_, std::min(last_progress_ + held_up, now));
  if (state_ == State::kDiagnosing) {
    return suspicion_->is_ripe(now, sent_) ? std::optional(diagnosis(context)) : std::nullopt;
  }
  const bool is_waiting = state_ == State::kOpen && !is_idle();
  if (!is_waiting || now - last_progress_ < std::chrono::nanoseconds(options.timeout).count()) {
    return std::nullopt;
  }
  if (sent_ < limit_) {
    return Failure{FailureKind::kNotReading,
                   fmt::format("the server has taken and returned nothing for {} ms; {} bytes wait to be sent",
                               options.timeout.count(), net::unacknowledged_bytes(fd_.get()))};
  }
  return Failure{FailureKind::kEchoTimeout,
                 fmt::format("nothing came back for {} ms{}", options.timeout.count(), progress_of_message(options))};
}

void LoadConnection::close() noexcept {
  race_.reset();
  fd_.reset();
  suspicion_.reset();
  state_ = State::kClosed;
  limit_ = received_ = sent_;
}

}  // namespace threadecho::load
