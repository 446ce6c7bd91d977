#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "counting/owned_counter.h"
#include "echo/histogram.h"
#include "echo/reasons.h"
#include "echo/totals.h"
#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::echo {

using counting::OwnedCounter;
using Clock = std::chrono::steady_clock;

/// What one connection has done. Written only by the thread that serves it, read by whoever sums.
struct ConnectionCounters {
  OwnedCounter received_bytes;
  OwnedCounter echoed_bytes;
  OwnedCounter receives;
  OwnedCounter thread_start_ns;  ///< `accept` returned to first `recv`; 0 until the connection is being served
  OwnedHistogram<kEchoDurationBounds.size()> echo_duration;

  [[nodiscard]] bool started() const noexcept { return thread_start_ns.value() != 0; }
  void add_to(Totals& totals) const noexcept;
};

/// One accepted client: its socket, its counters, and why it ends.
/// Owned by the ConnectionTable until its thread takes it out to close it. Aligned to a cache line of its own, so that
/// two threads that count do not slow each other down.
class alignas(64) Connection {
 public:
  Connection(std::uint64_t id, net::Fd fd, const net::Endpoint& peer, Clock::time_point accepted_at) noexcept
      : id_(id), fd_(std::move(fd)), peer_(peer), accepted_at_(accepted_at) {}

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const net::Endpoint& peer() const noexcept { return peer_; }
  [[nodiscard]] Clock::time_point accepted_at() const noexcept { return accepted_at_; }

  /// Records why the connection ends, from any thread. The first one to say so wins: false when somebody already did.
  bool end(CloseReason reason) noexcept;
  /// The recorded reason, if the connection is ending.
  [[nodiscard]] std::optional<CloseReason> ending() const noexcept;

  /// Gives the socket away, for a client that is refused after all.
  [[nodiscard]] net::Fd release_fd() noexcept { return std::move(fd_); }

  ConnectionCounters counters;

 private:
  friend class ConnectionTable;

  static constexpr int kOpen = -1;

  std::atomic<int> ending_{kOpen};  ///< kOpen, or a CloseReason
  std::uint64_t id_;
  net::Fd fd_;
  net::Endpoint peer_;
  Clock::time_point accepted_at_;
  std::size_t place_ = 0;  ///< index in the table's list of live connections; guarded by the table's lock
};

}  // namespace threadecho::echo
