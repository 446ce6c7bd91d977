#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "stats/histogram.h"

namespace threadecho::admin {

/// A family without values.
prometheus::MetricFamily family(std::string_view name, std::string_view help, prometheus::MetricType type);

/// Metric families with their values, in the form that prometheus-cpp serialises. Names are given with their prefix,
/// help in one sentence, durations in seconds.
prometheus::MetricFamily gauge(std::string_view name, std::string_view help, double value);
prometheus::MetricFamily counter(std::string_view name, std::string_view help, std::uint64_t value);
prometheus::MetricFamily counter(std::string_view name, std::string_view help, std::chrono::duration<double> value);

/// One counter for each value of `label`; `values[i]` belongs to `label_values[i]`.
prometheus::MetricFamily counters(std::string_view name, std::string_view help, std::string_view label,
                                  std::span<const std::string_view> label_values,
                                  std::span<const std::uint64_t> values);

/// A gauge with the value 1, whose labels carry the information.
prometheus::MetricFamily info(std::string_view name, std::string_view help,
                              std::span<const prometheus::ClientMetric::Label> labels);

/// One value of a family of histograms, without labels.
prometheus::ClientMetric::Histogram histogram_value(std::span<const std::chrono::nanoseconds> bounds,
                                                    std::span<const std::uint64_t> buckets,
                                                    std::chrono::nanoseconds sum);

/// In seconds. The count is the sum of the buckets just read, so that the two always agree.
prometheus::MetricFamily histogram(std::string_view name, std::string_view help,
                                   std::span<const std::chrono::nanoseconds> bounds,
                                   std::span<const std::uint64_t> buckets, std::chrono::nanoseconds sum);

}  // namespace threadecho::admin
