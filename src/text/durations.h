#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "text/parsed.h"

namespace threadecho::text {

/// A duration as Prometheus writes it (ParseDuration of prometheus/common): whole numbers, each with one of the units
/// y w d h m s ms, biggest first and each at most once: `250ms`, `30s`, `1h30m`. `min` is taken for `m`. A year has 365
/// days. Zero may go without a unit. At most 2^63 - 1 ns (292 years), Prometheus' own limit, so that every result fits
/// nanoseconds too.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The text Prometheus prints for it: `1h30m`, `0s`. `duration` is not negative. parse_duration reads it back.
std::string format_duration(std::chrono::milliseconds duration);

/// For numbers that a program reads: `duration_seconds` of logs and JSON, and metrics.
inline double in_seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace threadecho::text
