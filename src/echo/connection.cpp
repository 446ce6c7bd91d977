#include "echo/connection.h"

#include <algorithm>
#include <cassert>

#include "echo/connection_shard.h"

namespace threadecho::echo {

void ConnectionCounters::add_to(Totals& totals) const noexcept {
  totals.received_bytes += received_bytes.value();
  totals.echoed_bytes += echoed_bytes.value();
  totals.receives += receives.value();
  if (is_served()) {  // not one that has ended in a queue
    totals.thread_start.observe(nanoseconds(static_cast<std::int64_t>(thread_start_ns.value())));
  }
  totals.retransmitted_segments += retransmitted_segments.value();
  echo_duration.add_to(totals.echo_duration);
  round_trip.add_to(totals.round_trip);
}

void RegistryLink::leave() noexcept {
  if (shard_ != nullptr) {
    shard_->unlink(*this);
  }
}

net::Fd Connection::dissolve(std::unique_ptr<Connection> connection) noexcept {
  assert(!connection->counters.is_served());
  connection->link_.leave();
  return std::move(connection->fd_);
}

ConnectionSnapshot Connection::snapshot(Clock::time_point now) const noexcept {
  ConnectionSnapshot snapshot{.id = id_,
                              .peer = peer_,
                              .via = via_,
                              .thread_id = counters.thread_id.value(),
                              .state = ConnectionState::kReceiving,
                              .age = now - accepted_at_,
                              .idle = now - accepted_at_,
                              // Read before received_bytes: a message that comes between the two reads then never shows
                              // more sent than received.
                              .received_bytes = 0,
                              .echoed_bytes = counters.echoed_bytes.value(),
                              .receives = counters.receives.value(),
                              .round_trip = std::chrono::microseconds(counters.round_trip_us.value())};
  snapshot.received_bytes = counters.received_bytes.value();
  if (!counters.is_served()) {
    snapshot.state = state_before_service();
    return snapshot;
  }
  const Clock::duration last_received(static_cast<Clock::rep>(counters.last_received_ns.value()));
  snapshot.idle = std::max(nanoseconds(0), nanoseconds(now.time_since_epoch() - last_received));
  if (end_reason()) {
    snapshot.state = ConnectionState::kEnding;
  } else if (half_closed_.load(std::memory_order_relaxed)) {
    snapshot.state = ConnectionState::kHalfClosed;
  } else if (held_by_fault_.load(std::memory_order_relaxed)) {
    snapshot.state = ConnectionState::kFault;
  } else if (snapshot.echoed_bytes < snapshot.received_bytes) {
    snapshot.state = ConnectionState::kSending;
  }
  return snapshot;
}

ConnectionState Connection::state_before_service() const noexcept {
  if (!is_queued()) {
    return ConnectionState::kStarting;
  }
  return end_reason() ? ConnectionState::kEnding : ConnectionState::kWaiting;
}

bool Connection::end(CloseReason reason) noexcept {
  int expected = kOpen;
  // Relaxed: the reason carries no other data with it; shutdown(2), which follows, is what the other thread notices.
  return end_reason_.compare_exchange_strong(expected, static_cast<int>(reason), std::memory_order_relaxed);
}

std::optional<CloseReason> Connection::end_reason() const noexcept {
  const int reason = end_reason_.load(std::memory_order_relaxed);
  if (reason == kOpen) {
    return std::nullopt;
  }
  return static_cast<CloseReason>(reason);
}

}  // namespace threadecho::echo
