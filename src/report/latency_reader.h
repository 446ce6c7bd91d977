#pragma once

#include <cstdint>
#include <optional>

#include "client/json.h"
#include "stats/latency_histogram.h"
#include "text/parsed.h"

namespace threadecho::report {

/// A whole number of things. Nothing for another number: one that is negative, has a fraction, or is too big for a
/// double to hold. Throws Json::exception for what is no number.
std::optional<std::uint64_t> count_in(const client::Json& json);

/// Reads what client::json_of() made of a histogram: the same histogram. Null is an empty one.
text::Parsed<stats::LatencyHistogram> latencies_of(const client::Json& json);

}  // namespace threadecho::report
