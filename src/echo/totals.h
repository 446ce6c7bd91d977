#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "echo/reasons.h"
#include "stats/histogram.h"

namespace threadecho::echo {

using namespace std::chrono_literals;

/// `recv` returned to last byte handed to the kernel. A small message over loopback takes 3 to 20 us, most of it the
/// receiver's side of the kernel; milliseconds mean a full socket buffer, seconds a client that hardly reads; the last
/// bound is the default WRITE_TIMEOUT.
inline constexpr stats::Bounds<16> kEchoDurationBounds = {2500ns, 5us,  10us, 25us,  50us,  100us, 250us, 1ms,
                                                          2500us, 10ms, 25ms, 100ms, 250ms, 1s,    10s,   30s};
using EchoDurationBuckets = stats::BoundedBuckets<kEchoDurationBounds>;

/// `accept` returned to the thread's first `recv`. 15 to 60 us for a fresh thread on an idle machine; the upper half
/// shows threads that wait for a core or for the address space's lock in a storm of connections.
inline constexpr stats::Bounds<12> kThreadStartBounds = {10us, 25us,   50us, 100us, 250us, 500us,
                                                         1ms,  2500us, 10ms, 25ms,  100ms, 1s};

/// The kernel's smoothed round trip. Loopback and a node's own network take tens of microseconds, a rack or a zone up
/// to one or two milliseconds, a continent up to 100, and beyond a second something is wrong.
inline constexpr stats::Bounds<14> kRoundTripBounds = {25us, 50us, 100us, 250us, 500us, 1ms,   2500us,
                                                       5ms,  10ms, 25ms,  50ms,  100ms, 250ms, 1s};
using RoundTripBuckets = stats::BoundedBuckets<kRoundTripBounds>;

/// From a health check's connect-and-close to a session of a day.
inline constexpr stats::Bounds<12> kConnectionDurationBounds = {1ms,  10ms,  100ms, 1s, 10s, 60s,
                                                                5min, 30min, 1h,    6h, 24h, 168h};

/// What the server has done since it started, and what it is doing: one consistent reading. Counters never go back.
struct Totals {
  std::uint64_t received_bytes = 0;
  std::uint64_t echoed_bytes = 0;    ///< handed to the kernel, which is what a sender can know
  std::uint64_t receives = 0;        ///< successful recv calls
  std::uint64_t active = 0;          ///< connections that are served, waiting or ending now
  std::uint64_t served = 0;          ///< of those, the ones that have a thread
  std::uint64_t waiting = 0;         ///< and the ones in the queue of `blocking-pool`, without those that end there
  std::uint64_t active_threads = 0;  ///< echo threads that serve at least one of them
  std::uint64_t accepted =
      0;  ///< connections with a thread or a place in the queue; always `active` plus all of `closed`
  std::array<std::uint64_t, kCloseReasonNames.size()> closed{};
  std::array<std::uint64_t, kRejectReasonNames.size()> rejected{};
  std::array<std::uint64_t, kAcceptErrorNames.size()> accept_errors{};
  std::array<std::uint64_t, kProxyHeaderResultNames.size()> proxy_headers{};
  std::uint64_t retransmitted_segments = 0;  ///< as the connections' threads last read from the kernel
  stats::HistogramTotals<EchoDurationBuckets> echo_duration;
  stats::HistogramTotals<stats::BoundedBuckets<kThreadStartBounds>> thread_start;
  stats::HistogramTotals<stats::BoundedBuckets<kConnectionDurationBounds>> connection_duration;
  stats::HistogramTotals<RoundTripBuckets> round_trip;

  void add(const Totals& other);
};

}  // namespace threadecho::echo
