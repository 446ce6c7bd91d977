#pragma once

#include <string>

#include "load/load_run.h"

namespace threadecho::load {

// What a run prints with --json: each object is one line and ends with a line end. docs/json.md lists the members.

/// The result: settings, machine, percentiles, histograms, incidents.
std::string json_report(const LoadResult& result);

/// The progress of a run, for --report-interval.
std::string json_progress(const LoadSnapshot& snapshot, const LoadOptions& options);

}  // namespace threadecho::load
