#include "echo/connection.h"

namespace threadecho::echo {

void ConnectionCounters::add_to(Totals& totals) const noexcept {
  totals.received_bytes += received_bytes.value();
  totals.echoed_bytes += echoed_bytes.value();
  totals.receives += receives.value();
  totals.thread_start.observe(kThreadStartBounds, nanoseconds(static_cast<std::int64_t>(thread_start_ns.value())));
  echo_duration.add_to(totals.echo_duration);
}

bool Connection::end(CloseReason reason) noexcept {
  int expected = kOpen;
  // Relaxed: the reason carries no other data with it; shutdown(2), which follows, is what the other thread notices.
  return ending_.compare_exchange_strong(expected, static_cast<int>(reason), std::memory_order_relaxed);
}

std::optional<CloseReason> Connection::ending() const noexcept {
  const int reason = ending_.load(std::memory_order_relaxed);
  if (reason == kOpen) {
    return std::nullopt;
  }
  return static_cast<CloseReason>(reason);
}

}  // namespace threadecho::echo
