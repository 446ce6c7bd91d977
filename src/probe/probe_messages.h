#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/failure.h"
#include "stats/latency_histogram.h"

namespace threadecho::probe {

/// One message that a probe sent.
struct ProbeMessage {
  std::uint64_t sequence = 0;  ///< from 1
  std::chrono::nanoseconds round_trip{};
  std::optional<client::Failure> failure;  ///< why it was lost; then there is no round trip
};

/// Of the messages that were echoed.
struct RoundTrips {
  std::chrono::nanoseconds min{};
  std::chrono::nanoseconds median{};  ///< the mean of the two in the middle, if there are two
  std::chrono::nanoseconds p99{};     ///< the least that 99 % do not exceed; below 100 messages that is the maximum
  std::chrono::nanoseconds max{};
};

/// What became of the messages of a probe, in memory that does not grow with a run that has no end (`--count 0`): all
/// are counted, the first kMostKept echoed ones and the first kMostKept lost ones are kept.
class ProbeMessages {
 public:
  static constexpr std::size_t kMostKept = 10'000;

  /// The message that was sent last came back, or was lost.
  void add_echoed(std::chrono::nanoseconds round_trip);
  void add_lost(client::Failure failure);

  [[nodiscard]] std::uint64_t sent() const noexcept { return echoed_ + lost_; }
  [[nodiscard]] std::uint64_t echoed() const noexcept { return echoed_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  /// In the order in which they were sent.
  [[nodiscard]] const std::vector<ProbeMessage>& kept() const noexcept { return kept_; }
  /// Exact while all echoed messages are kept; then median and p99 are within 0.4 %. Nothing if none was echoed.
  [[nodiscard]] std::optional<RoundTrips> round_trips() const;

 private:
  std::uint64_t echoed_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<ProbeMessage> kept_;
  stats::LatencyHistogram latencies_;
};

}  // namespace threadecho::probe
