#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "stats/latency_histogram.h"

namespace threadecho::load {

/// Figures as people read them, three digits that count: "870 ns", "12.3 us", "1.05 ms", "2.00 s".
std::string format_latency(std::chrono::nanoseconds latency);
/// Decimal units, as network people use them: "512 B", "12.3 MB".
std::string format_bytes(double bytes);
/// Thousands apart: "1,234,567".
std::string format_count(std::uint64_t count);
/// With so many decimals.
std::string format_decimal(double value, int decimals);

/// One line for each step 1-2-5 from the least to the largest value, each with a bar, its count and what share of all
/// values is up to there. Empty when there are no values.
std::string draw_histogram(const stats::LatencyHistogram& latencies);

}  // namespace threadecho::load
