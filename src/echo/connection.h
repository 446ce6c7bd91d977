#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "echo/connection_quota.h"
#include "echo/reasons.h"
#include "echo/totals.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "stats/histogram.h"
#include "stats/single_writer_counter.h"

namespace threadecho::echo {

using stats::SingleWriterCounter;
using stats::SmallSingleWriterCounter;
using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

/// What a connection is doing, for people.
enum class ConnectionState : std::uint8_t {
  kStarting,    ///< accepted; its thread has not begun
  kWaiting,     ///< accepted; it waits for a thread that is free, in the queue of `blocking-pool`
  kReceiving,   ///< everything received is sent; waits for the next bytes
  kSending,     ///< the kernel has not yet taken all that was received: the client reads slowly, or not at all
  kFault,       ///< a fault holds it back
  kHalfClosed,  ///< the client has closed its side; the rest of its echo is on its way
  kEnding,      ///< ended by the server; what the client still sends is discarded
};
inline constexpr std::array<std::string_view, 7> kConnectionStateNames = {
    "starting", "waiting", "receiving", "sending", "fault", "half_closed", "ending"};
constexpr std::string_view name_of(ConnectionState state) { return kConnectionStateNames[index_of(state)]; }

/// A connection as it is shown: a copy, taken while it lives on.
struct ConnectionSnapshot {
  std::uint64_t id = 0;
  net::Endpoint peer;
  net::Endpoint via;            ///< as Connection::via
  std::uint32_t thread_id = 0;  ///< 0 until a thread serves it
  ConnectionState state = ConnectionState::kStarting;
  nanoseconds age{0};
  nanoseconds idle{0};  ///< since the last message was echoed, or the connection accepted
  std::uint64_t received_bytes = 0;
  std::uint64_t echoed_bytes = 0;
  std::uint64_t receives = 0;               ///< successful recv calls
  std::chrono::microseconds round_trip{0};  ///< 0: not measured yet
};

/// What one connection has done. Only the thread that serves it writes; any thread may read.
struct ConnectionCounters {
  SingleWriterCounter received_bytes;
  SingleWriterCounter echoed_bytes;
  SingleWriterCounter receives;
  SingleWriterCounter thread_start_ns;   ///< `accept` returned to first `recv`; 0 until the connection is being served
  SingleWriterCounter last_received_ns;  ///< when the last message was echoed, or service began; as Clock counts
  SmallSingleWriterCounter thread_id;    ///< gettid() of the thread that serves it; 0 until then
  SmallSingleWriterCounter retransmitted_segments;
  SmallSingleWriterCounter round_trip_us;  ///< as last asked for; 0: not known yet
  stats::SingleWriterHistogram<EchoDurationBuckets> echo_duration;
  stats::SingleWriterHistogram<RoundTripBuckets, SmallSingleWriterCounter> round_trip;  ///< one sample a second

  [[nodiscard]] bool is_served() const noexcept { return thread_start_ns.value() != 0; }
  void add_to(Totals& totals) const noexcept;
};

class ConnectionShard;

/// The link of a connection to its shard of the registry. When it is destroyed, the connection leaves the registry.
class RegistryLink {
 public:
  RegistryLink() noexcept = default;
  RegistryLink(const RegistryLink&) = delete;
  RegistryLink& operator=(const RegistryLink&) = delete;
  ~RegistryLink() { leave(); }

  void leave() noexcept;

 private:
  friend class ConnectionShard;

  ConnectionShard* shard_ = nullptr;  ///< null unless linked
  std::size_t index_ = 0;             ///< in the shard's list; guarded by the shard's lock
};

/// One accepted client: its socket, its place in the quota, its counters, and why it ends.
/// Owned by the thread or worker that serves it. Aligned to cache lines of its own, so that two threads that count do
/// not slow each other down.
class alignas(64) Connection {
 public:
  Connection(std::uint64_t id, net::Fd fd, const net::Endpoint& peer, Clock::time_point accepted_at,
             ConnectionQuota::Place place = {}, const net::Endpoint& via = {}) noexcept
      : id_(id), peer_(peer), via_(via), accepted_at_(accepted_at), fd_(std::move(fd)), place_(std::move(place)) {}

  /// Lets another client in. Call it after the connection has left the registry.
  void give_place_back() noexcept { place_.give_back(); }

  /// Ends a connection that no thread can take: removes it from the registry, gives its place back, and returns the
  /// socket, to be refused.
  static net::Fd dissolve(std::unique_ptr<Connection> connection) noexcept;

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const net::Endpoint& peer() const noexcept { return peer_; }
  /// The load balancer that has named the peer in a PROXY header; of family AF_UNSPEC without one.
  [[nodiscard]] const net::Endpoint& via() const noexcept { return via_; }
  [[nodiscard]] Clock::time_point accepted_at() const noexcept { return accepted_at_; }

  /// Records why the connection ends, from any thread. The first reason stays: false if there is one already.
  bool end(CloseReason reason) noexcept;
  /// The recorded reason, if there is one.
  [[nodiscard]] std::optional<CloseReason> end_reason() const noexcept;

  /// For the acceptor's thread: it is in a queue now, and cannot be refused any more.
  void set_queued() noexcept { queued_.store(true, std::memory_order_relaxed); }
  /// It has been in that queue, or is.
  [[nodiscard]] bool is_queued() const noexcept { return queued_.load(std::memory_order_relaxed); }
  /// In that queue, and neither served nor ending.
  [[nodiscard]] bool is_waiting() const noexcept { return !counters.is_served() && is_queued() && !end_reason(); }
  /// For the serving thread, when the client has closed its side and waits for the rest of its echo.
  void set_half_closed() noexcept { half_closed_.store(true, std::memory_order_relaxed); }
  /// For the serving thread: a fault holds the connection back, or does so no more.
  void set_held_by_fault(bool held) noexcept { held_by_fault_.store(held, std::memory_order_relaxed); }
  [[nodiscard]] ConnectionSnapshot snapshot(Clock::time_point now) const noexcept;

  ConnectionCounters counters;

 private:
  friend class ConnectionShard;

  [[nodiscard]] ConnectionState state_before_service() const noexcept;

  static constexpr int kOpen = -1;

  std::atomic<int> end_reason_{kOpen};      ///< kOpen, or a CloseReason
  std::atomic<bool> half_closed_{false};    ///< relaxed: only shown
  std::atomic<bool> queued_{false};         ///< the same
  std::atomic<bool> held_by_fault_{false};  ///< the same
  const std::uint64_t id_;
  const net::Endpoint peer_;
  const net::Endpoint via_;
  const Clock::time_point accepted_at_;
  // Destroyed from the last to the first. A connection leaves the registry before its descriptor closes, so that a
  // thread that finds it there may use the descriptor. It gives its place back between the two: a quota without places
  // taken means an empty registry, and a client that sees its connection close finds room for the next one.
  net::Fd fd_;
  ConnectionQuota::Place place_;
  RegistryLink link_;
};

}  // namespace threadecho::echo
