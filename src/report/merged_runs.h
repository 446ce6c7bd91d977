#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/json.h"
#include "report/run_reader.h"
#include "stats/latency_histogram.h"
#include "text/timestamps.h"

namespace threadecho::report {

/// Runs that belong together, added up.
struct MergedRuns {
  std::vector<Run> runs;                                    ///< with a result
  std::vector<Run> failed_runs;                             ///< without
  client::Json different_settings = client::Json::array();  ///< {name, values}, a value for each run; empty: none
  bool is_clean = true;                                     ///< every run is clean, and none failed
  text::WallTime first_start;
  text::WallTime last_start;
  bool ended_early = false;        ///< any of them
  double measured_seconds = 0;     ///< of the longest
  double messages_per_second = 0;  ///< the runs' own rates, added up, like the next
  double bytes_per_second = 0;
  std::uint64_t messages = 0;
  std::uint64_t missed_messages = 0;
  std::uint64_t opened = 0;
  std::uint64_t proved = 0;
  std::uint64_t errors_total = 0;
  client::Json errors = client::Json::object();  ///< a count for each kind
  std::uint64_t recovered = 0;
  double outage_seconds = 0;
  double longest_outage_seconds = 0;
  std::map<std::string, std::uint64_t> reconnects_failed;  ///< by message, like the next
  std::map<std::string, std::uint64_t> look_ups_failed;
  stats::LatencyHistogram latency;
  stats::LatencyHistogram connect;

  /// Those of the first run, null where another run has another; `threads`, `sources` and `start_at` among them.
  [[nodiscard]] client::Json settings() const;
  [[nodiscard]] bool has_one_target() const;
  /// A run had --hold.
  [[nodiscard]] bool has_held() const;
  /// Several runs have a result, each of another host.
  [[nodiscard]] bool has_a_host_for_each() const;
  /// What people call a run with a result: then its host, else its source.
  [[nodiscard]] std::string name_of(const Run& run) const;
};

/// The run had --hold.
bool has_held(const Run& run);

/// Adds them up. Throws cli::UsageError if the same result is there twice, or if results differ in settings or target
/// and `allow_different_settings` is not set; client::CommandFailed with the kind of the first run that failed if none
/// has a result; client::Json::exception for a result whose members are missing or of another type.
MergedRuns merge(std::vector<Run> runs, bool allow_different_settings);

}  // namespace threadecho::report
