#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "client/json.h"
#include "stats/latency_histogram.h"
#include "text/timestamps.h"

namespace threadecho::report {

/// What `load --json` printed about one run.
struct Run {
  std::string source;  ///< the file, with the line if it holds several: "results:3"
  client::Json json;
  // Of its json, whose numbers are those that a run can have; a run that failed before it had a result has nothing but
  // an error.
  bool has_failed = false;
  text::WallTime started_at;
  stats::LatencyHistogram latency;
  stats::LatencyHistogram connect;
};

/// What a file or stream holds.
struct RunsOfAFile {
  std::vector<Run> runs;
  std::size_t other_lines = 0;  ///< that are not empty and begin no JSON object
};

/// Stands for a run that has no result in `source`. `what` is there instead.
Run missing_run(const std::string& source, const std::string& what = "no result");

/// Reads the results from `in`, which `name` stands for. Broken JSON, as of a file that was cut off, stands for a run
/// that failed. Throws cli::UsageError for JSON that is no result of `threadecho load`.
RunsOfAFile read_runs(std::istream& in, const std::string& name);

}  // namespace threadecho::report
