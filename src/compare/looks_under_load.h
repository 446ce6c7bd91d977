#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "compare/server_metrics.h"

namespace threadecho::compare {

/// Metrics of a server at the beginning and at the end of the time in which all clients were connected and loaded it.
struct UnderLoad {
  ServerMetrics begin;
  ServerMetrics end;
};

/// Chooses two of the looks at a server: the last one of the warm-up, and the last one before the time to measure is
/// over. A look may come late or not at all, because a process was stopped or a machine slept: then it chooses from the
/// looks that were taken.
class LooksUnderLoad {
 public:
  using Clock = std::chrono::steady_clock;

  /// The warm-up begins at the first look that sees all clients.
  LooksUnderLoad(std::uint32_t clients, Clock::duration warm_up, Clock::duration duration)
      : clients_(clients), warm_up_(warm_up), duration_(duration) {}

  /// Adds the server's metrics of this time. It does not count unless all clients are connected.
  void add(const ServerMetrics& metrics, Clock::time_point time);
  /// All clients have been connected.
  [[nodiscard]] bool has_begun() const noexcept { return connected_.has_value(); }
  /// The time to measure has passed.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }
  /// Nothing if no look has seen all clients. Both ends are the same look if only one has.
  [[nodiscard]] const std::optional<UnderLoad>& under_load() const noexcept { return under_load_; }

 private:
  std::uint32_t clients_;
  Clock::duration warm_up_;
  Clock::duration duration_;
  std::optional<Clock::time_point> connected_;
  std::optional<UnderLoad> under_load_;
  bool has_end_ = false;  ///< a look after the warm-up
  bool is_over_ = false;
};

}  // namespace threadecho::compare
