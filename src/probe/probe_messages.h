#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.h"
#include "stats/latency_histogram.h"

namespace threadecho::probe {

/// One message that a probe sent.
struct ProbeMessage {
  std::uint64_t sequence = 0;                    ///< from 1
  std::chrono::system_clock::time_point due_at;  ///< when it was due to be sent
  std::string local;                             ///< its connection's own address and port; empty without one
  std::chrono::nanoseconds round_trip{};
  std::optional<client::Failure> failure;  ///< why it was lost; then there is no round trip
};

/// What became of the messages of a probe, in memory that does not grow with a run that has no end (`--count 0`): all
/// are counted, the first kMostKept echoed ones and the first kMostKept lost ones are kept.
class ProbeMessages {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  static constexpr std::size_t kMostKept = 10'000;

  /// The first message that is neither back nor lost came back, or was lost. `local`: see ProbeMessage.
  void add_echoed(WallTime due_at, std::chrono::nanoseconds round_trip, const std::string& local = {});
  void add_lost(WallTime due_at, client::Failure failure, const std::string& local = {});
  /// `count` messages were in flight when a signal ended the probe. Add no other message after them.
  void leave_unanswered(std::uint64_t count) { unanswered_ = count; }

  [[nodiscard]] std::uint64_t sent() const noexcept { return round_trips_.count() + lost_ + unanswered_; }
  [[nodiscard]] std::uint64_t echoed() const noexcept { return round_trips_.count(); }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  [[nodiscard]] std::uint64_t unanswered() const noexcept { return unanswered_; }
  /// How many were lost, by the name of the failure's kind.
  [[nodiscard]] const std::map<std::string_view, std::uint64_t>& losses() const noexcept { return losses_; }
  /// In the order in which they were sent.
  [[nodiscard]] const std::vector<ProbeMessage>& kept() const noexcept { return kept_; }
  [[nodiscard]] const stats::LatencyHistogram& round_trips() const noexcept { return round_trips_; }

 private:
  std::uint64_t lost_ = 0;
  std::uint64_t unanswered_ = 0;
  std::map<std::string_view, std::uint64_t> losses_;
  std::vector<ProbeMessage> kept_;
  stats::LatencyHistogram round_trips_;
};

}  // namespace threadecho::probe
