#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "client/json.h"
#include "report/run_reader.h"
#include "stats/latency_histogram.h"
#include "text/timestamps.h"

namespace threadecho::report {

/// Runs that belong together, added up.
struct MergedRuns {
  std::vector<Run> runs;         ///< with a result
  std::vector<Run> failed_runs;  ///< without
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
  stats::LatencyHistogram latency;
  stats::LatencyHistogram connect;

  [[nodiscard]] bool is_clean() const { return failed_runs.empty() && errors_total == 0; }
  [[nodiscard]] const client::Json& settings() const { return runs.front().json.at("settings"); }
  /// What people call a run: its host if each run had another, else its source.
  [[nodiscard]] std::string name_of(const Run& run) const;
};

/// Adds them up. Throws cli::UsageError if the same result is there twice, or if results differ in settings or target
/// and `allow_different_settings` is not set; std::runtime_error if there is no result;
/// client::Json::exception for a result whose members are missing or of another type.
MergedRuns merge(std::vector<Run> runs, bool allow_different_settings);

}  // namespace threadecho::report
