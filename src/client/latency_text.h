#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/help.h"
#include "stats/latency_histogram.h"

namespace threadecho::client {

/// A name and its latencies.
using NamedLatencies = std::pair<std::string_view, const stats::LatencyHistogram&>;

/// Min, percentiles and max of each, one row below the other; those without latencies are left out. A percentile that
/// would need more samples is "-". Where that is wider than `width` columns, each of them is a row, and each name a
/// column. Empty without any.
std::string latency_table(const std::vector<NamedLatencies>& rows, std::size_t width = cli::kUsualWidth);

/// A line for each step 1-2-5: a bar, its count, and what share of all latencies is up to there. In `width` columns;
/// where they are few, without the counts.
std::string latency_bars(const stats::LatencyHistogram& latencies, std::size_t width);

}  // namespace threadecho::client
