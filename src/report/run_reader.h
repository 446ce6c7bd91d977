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

/// Stands for a run of which a file has no result.
Run missing_run(const std::string& file);

/// Reads the results from `in`, which `name` stands for. Throws cli::UsageError for JSON that is broken, or no result
/// of `threadecho load`.
RunsOfAFile read_runs(std::istream& in, const std::string& name);

}  // namespace threadecho::report
