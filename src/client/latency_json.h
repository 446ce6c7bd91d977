#pragma once

#include "client/json.h"
#include "stats/latency_histogram.h"

namespace threadecho::client {

/// Latencies in the one form that all results have: count, sum_seconds, min_seconds, mean_seconds, p10_seconds to
/// p99_99_seconds, max_seconds and `histogram`; null if nothing was timed. A percentile with too few samples is null.
/// `histogram` is sparse: [lower_bound_seconds, count] for each bucket that is not empty, ascending. A value below
/// 256 ns has a bucket of its own; above, every doubling is cut into 128 equal buckets (stats::LatencyBuckets). So the
/// bucket that begins at b ends before b + 2^(floor(log2(b)) - 7) ns.
Json json_of(const stats::LatencyHistogram& latencies);

}  // namespace threadecho::client
