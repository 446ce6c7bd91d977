#include "echo/session.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>

#include "config/settings.h"
#include "echo/connection_age.h"
#include "echo/connection_registry.h"
#include "echo/log_lines.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;

/// The kernel may end a timeout this much earlier than the clock says.
constexpr milliseconds kTimerTolerance{5};
/// A blocked send returns after this long, for the first look at a stall.
constexpr milliseconds kFirstLook{100};
/// If bytes were acknowledged between two looks at a stall that are closer together than this, there is no need to ask
/// the kernel when.
constexpr milliseconds kStallPrecision{60};
/// TCP_INFO is read at most this often, and at the end: it costs as much as a small send.
constexpr milliseconds kTcpInfoInterval{1000};

/// For the serving thread: a scrape touches no socket.
void record_tcp_info(Connection& connection) noexcept {
  if (const auto path = net::read_tcp_info(connection.fd())) {
    ConnectionCounters& counters = connection.counters;
    counters.retransmitted_segments.set(path->retransmitted_segments);
    if (path->round_trip.count() > 0) {
      counters.round_trip_us.set(static_cast<std::uint32_t>(path->round_trip.count()));
      counters.round_trip.observe(path->round_trip);
    }
  }
}

}  // namespace

Session::Session(Connection& connection, const EchoContext& context) noexcept
    : connection_(connection),
      context_(context),
      age_deadline_(echo::age_deadline(connection.id(), connection.accepted_at(), context.settings.max_connection_age)
                        .value_or(Clock::time_point::max())),
      write_stall_(context.settings.write_timeout) {}

void Session::begin() noexcept {
  ConnectionCounters& counters = connection_.counters;
  last_received_ = Clock::now();
  counters.last_received_ns.set(static_cast<std::uint64_t>(last_received_.time_since_epoch().count()));
  counters.thread_id.set(static_cast<std::uint32_t>(::gettid()));
  const nanoseconds start = last_received_ - connection_.accepted_at();
  counters.thread_start_ns.set(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(start.count())));
  log_opened(context_.log, connection_);
}

std::optional<CloseReason> Session::on_received(std::span<const std::byte> bytes) {
  ConnectionCounters& counters = connection_.counters;
  received_at_ = Clock::now();
  if (const auto reason = connection_.end_reason()) {
    return reason;  // ended from outside while this thread waited: the client has got its end of file
  }
  if (counters.receives.value() == 0) {
    log_first_received(context_.log, connection_);
  }
  counters.received_bytes.add(bytes.size());
  counters.receives.add(1);
  log_received(context_.log, connection_, bytes);
  if (context_.faults.generation() != fault_generation_) [[unlikely]] {
    if (const auto reason = update_faults()) {
      return reason;
    }
  }
  if (faults_ != nullptr) {
    faults_->begin_message(received_at_);
  }
  return std::nullopt;
}

/// Faults have begun or ended.
std::optional<CloseReason> Session::update_faults() {
  try {
    if (faults_ == nullptr) {
      faults_ = std::make_unique<ConnectionFaults>(context_.faults, connection_);
    }
    fault_generation_ = context_.faults.generation();  // read first, to notice a change during update()
    if (!faults_->update()) {
      faults_.reset();
    }
  } catch (const std::bad_alloc&) {
    return CloseReason::kError;
  }
  return std::nullopt;
}

std::optional<CloseReason> Session::send_with_faults(std::span<std::byte>& bytes, int flags) {
  if (is_held()) {
    // WRITE_TIMEOUT begins when the fault lets go: until now the client had nothing more to acknowledge.
    write_stall_.reset();
    stall_looked_at_ = Clock::now();
  }
  std::span<std::byte> allowed;
  while (allowed.empty()) {  // the kernel has taken all of it
    if (context_.faults.generation() != fault_generation_) {
      if (const auto reason = update_faults()) {
        return reason;
      }
      if (faults_ == nullptr) {
        set_held(false);
        return bytes.empty() ? std::nullopt : send_once(bytes, flags);
      }
    }
    const auto now = Clock::now();
    const std::size_t size = faults_->next(bytes, now);
    set_held(faults_->is_held());
    if (is_held()) {
      return reason_if_held(now);
    }
    if (size == 0) {
      return faults_->ends() ? std::optional(CloseReason::kFault) : std::nullopt;
    }
    allowed = bytes.first(size);
    if (const auto reason = send_once(allowed, flags)) {
      return reason;
    }
    faults_->sent(size - allowed.size(), now);
    bytes = bytes.subspan(size - allowed.size());
  }
  return std::nullopt;
}

std::optional<CloseReason> Session::send_once(std::span<std::byte>& bytes, int flags) {
  ssize_t sent = -1;
  do {
    sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
    // Retries only a send that does not block, for no event would come to retry it. After a blocking one, some time has
    // passed: check below whether the client is stuck.
  } while (sent < 0 && errno == EINTR && (flags & MSG_DONTWAIT) != 0);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    return reason_after_error(errno);
  }
  if (sent > 0) {
    connection_.counters.echoed_bytes.add(static_cast<std::uint64_t>(sent));
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  // Not everything is out: the client reads slowly, or not at all.
  return bytes.empty() ? std::nullopt : reason_if_stuck(Clock::now());
}

std::optional<CloseReason> Session::on_echoed() {
  write_stall_.reset();
  last_received_ = Clock::now();
  ConnectionCounters& counters = connection_.counters;
  counters.last_received_ns.set(static_cast<std::uint64_t>(last_received_.time_since_epoch().count()));
  counters.echo_duration.observe(last_received_ - received_at_);
  if (last_received_ >= tcp_info_read_at_ + kTcpInfoInterval) {
    record_tcp_info(connection_);
    tcp_info_read_at_ = last_received_;
  }
  return last_received_ >= age_deadline_ ? std::optional(CloseReason::kMaxAge) : std::nullopt;
}

CloseReason Session::reason_after_error(int error_number) const noexcept {
  // The first reason counts: a send also fails with EPIPE once the drain has shut this side.
  return connection_.end_reason().value_or(close_reason_of(error_number));
}

std::optional<CloseReason> Session::reason_if_overdue(Clock::time_point now) const noexcept {
  if (const auto reason = connection_.end_reason()) {
    return reason;
  }
  if (now + kTimerTolerance >= age_deadline_) {
    return CloseReason::kMaxAge;
  }
  const auto idle = context_.settings.idle_timeout;
  if (idle.count() > 0 && now + kTimerTolerance >= last_received_ + idle) {
    return CloseReason::kIdleTimeout;
  }
  return std::nullopt;
}

std::optional<CloseReason> Session::reason_if_stuck(Clock::time_point now) noexcept {
  if (now >= age_deadline_) {
    return CloseReason::kMaxAge;
  }
  const std::uint64_t acknowledged = connection_.counters.echoed_bytes.value() - net::unacknowledged_bytes(fd());
  if (write_stall_.is_progress(acknowledged)) {
    const auto last_look = std::max(stall_looked_at_, received_at_);
    const bool exact = now - last_look <= kStallPrecision;
    write_stall_.note_progress(acknowledged, exact ? now : std::max(last_look, now - net::time_since_progress(fd())));
  }
  stall_looked_at_ = now;
  return write_stall_.is_stalled(now) ? std::optional(CloseReason::kWriteTimeout) : std::nullopt;
}

std::optional<CloseReason> Session::reason_if_held(Clock::time_point now) const noexcept {
  const auto ended = connection_.end_reason();
  return !ended && now >= age_deadline_ ? CloseReason::kMaxAge : ended;
}

Clock::time_point Session::send_deadline() const noexcept {
  if (is_held()) {
    return std::min(age_deadline_, faults_->held_until());
  }
  return std::min(age_deadline_, write_stall_.next_look(stall_looked_at_));
}

Clock::time_point Session::receive_deadline() const noexcept {
  const auto idle = context_.settings.idle_timeout;
  return idle.count() > 0 ? std::min(age_deadline_, last_received_ + idle) : age_deadline_;
}

Clock::time_point Session::tail_deadline() const noexcept { return std::min(age_deadline_, write_stall_.deadline()); }

milliseconds blocking_send_timeout(const config::Settings& settings) {
  if (settings.write_timeout.count() > 0) {
    return std::min(settings.write_timeout, kFirstLook);
  }
  return settings.max_connection_age.count() > 0 ? kFirstLook : milliseconds(0);
}

void close_connection(std::unique_ptr<Connection> connection, CloseReason reason, const EchoContext& context) {
  record_tcp_info(*connection);
  context.registry.remove(*connection, reason);
  connection->give_place_back();  // its client may connect again before the line is logged
  log_closed(context.log, *connection, reason);
}

}  // namespace threadecho::echo
