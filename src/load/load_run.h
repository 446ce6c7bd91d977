#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "client/failure.h"
#include "load/load_incidents.h"
#include "load/load_openings.h"
#include "load/load_options.h"
#include "load/load_recorder.h"
#include "load/load_worker.h"
#include "load/sample_file.h"
#include "net/endpoint.h"
#include "stats/latency_histogram.h"
#include "text/timestamps.h"

namespace threadecho::load {

/// What a run found out.
struct LoadResult {
  LoadOptions options;
  net::Endpoint target;
  std::vector<net::Endpoint> addresses;  ///< that connections were made to
  text::WallTime began_at;               ///< `began` by the wall clock
  bool stopped_early = false;            ///< by the user, or because no connection was left
  double measured_seconds = 0;
  /// Measured: whole, right, back within the time (open loop: due within it). None with hold.
  std::uint64_t messages = 0;
  std::uint64_t missed_messages = 0;  ///< open loop: see LoadRecorder
  std::uint64_t opened = 0;           ///< connects that succeeded, reconnects and churn among them
  std::uint64_t proved = 0;           ///< hold: connections that still echoed at the end
  stats::LatencyHistogram latencies;
  stats::LatencyHistogram connect_times;
  client::LocalStalls local_stalls;
  /// Those that found `target`, if it had several addresses or was waited for.
  std::vector<client::Attempt> connects;
  LoadOpenings openings;    ///< of the connections that `opened` counts
  LoadIncidents incidents;  ///< their times count from `began`
  /// Why the run is not clean although no connection was refused or lost: it measured nothing, or its samples could not
  /// be written.
  std::optional<client::Failure> failure;
  Nanoseconds began = 0;

  /// `at` of the monotonic clock, by the wall clock as it went at the beginning.
  [[nodiscard]] text::WallTime wall_time(Nanoseconds at) const {
    return began_at + std::chrono::nanoseconds(at - began);
  }
  [[nodiscard]] bool is_clean() const { return incidents.total() == 0 && !failure; }
  [[nodiscard]] double messages_per_second() const;
  [[nodiscard]] double bytes_per_second() const;  ///< one way
};

/// The state of a run, once each interval.
struct LoadSnapshot {
  double seconds = 0;  ///< since the run began, and since the last snapshot
  double seconds_since_last = 0;
  text::WallTime taken_at;
  std::string_view phase;  ///< opening, ramp, warmup, measured, or ending while the last echoes come
  bool is_opening = true;  ///< not all connections have been tried
  std::uint64_t open_connections = 0;
  std::uint64_t messages = 0;         ///< since the last snapshot
  std::uint64_t failures = 0;         ///< since the run began
  stats::LatencyHistogram latencies;  ///< since the last snapshot

  [[nodiscard]] double messages_per_second() const {
    return seconds_since_last > 0 ? static_cast<double>(messages) / seconds_since_last : 0;
  }
};

/// What the thread that waits for a run does meanwhile, where samples go, and who looks names up. Each may be empty.
struct LoadHooks {
  int stop_fd = -1;               ///< the run ends early when this becomes readable; it is not read
  std::function<void()> on_stop;  ///< called then, once
  std::function<void(const LoadSnapshot&)> on_progress;  ///< once a second, or each report_interval
  SampleFile* samples = nullptr;                         ///< takes every measured latency
  client::NameLookup* names = nullptr;                   ///< for reconnects; null: `target` never moves
  std::vector<net::Endpoint> candidates = {};  ///< where none has connected yet: the addresses to try, `target` first
};

/// Why a run without incidents is not clean: it measured nothing, or connections were never opened although the user
/// did not end it. Idle connections measure something without a message.
std::optional<client::Failure> failure_to_measure(const LoadResult& result);

/// Runs the load with threads of its own and waits for the end. The calling thread must have blocked the signals that
/// the workers must not get. `first`, if it is connected, serves as the first connection; its attempts become part of
/// the result. Throws std::system_error if it cannot create threads or descriptors.
LoadResult run_load_test(const LoadOptions& options, const net::Endpoint& target, const LoadHooks& hooks = {},
                         client::Connected first = {});

}  // namespace threadecho::load
