#include "admin/families.h"

#include <cassert>
#include <limits>
#include <utility>

#include "text/durations.h"

namespace threadecho::admin {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric counter_value(std::uint64_t value) {
  ClientMetric metric;
  metric.counter.value = static_cast<double>(value);
  return metric;
}

}  // namespace

MetricFamily family(std::string_view name, std::string_view help, MetricType type) {
  MetricFamily result;
  result.name = name;
  result.help = help;
  result.type = type;
  return result;
}

MetricFamily gauge(std::string_view name, std::string_view help, double value) {
  MetricFamily result = family(name, help, MetricType::Gauge);
  result.metric.emplace_back().gauge.value = value;
  return result;
}

MetricFamily counter(std::string_view name, std::string_view help, std::uint64_t value) {
  MetricFamily result = family(name, help, MetricType::Counter);
  result.metric.push_back(counter_value(value));
  return result;
}

MetricFamily counter(std::string_view name, std::string_view help, std::chrono::duration<double> value) {
  MetricFamily result = family(name, help, MetricType::Counter);
  result.metric.emplace_back().counter.value = value.count();
  return result;
}

MetricFamily counters(std::string_view name, std::string_view help, std::string_view label,
                      std::span<const std::string_view> label_values, std::span<const std::uint64_t> values) {
  assert(label_values.size() == values.size());
  MetricFamily result = family(name, help, MetricType::Counter);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ClientMetric metric = counter_value(values[i]);
    metric.label.push_back({std::string(label), std::string(label_values[i])});
    result.metric.push_back(std::move(metric));
  }
  return result;
}

MetricFamily info(std::string_view name, std::string_view help, std::span<const ClientMetric::Label> labels) {
  MetricFamily result = gauge(name, help, 1);
  result.metric.front().label.assign(labels.begin(), labels.end());
  return result;
}

ClientMetric::Histogram histogram_value(std::span<const std::chrono::nanoseconds> bounds,
                                        std::span<const std::uint64_t> buckets, std::chrono::nanoseconds sum) {
  assert(buckets.size() == bounds.size() + 1);
  ClientMetric::Histogram value;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    value.sample_count += buckets[i];
    ClientMetric::Bucket bucket;
    bucket.cumulative_count = value.sample_count;
    bucket.upper_bound = i < bounds.size() ? text::in_seconds(bounds[i]) : std::numeric_limits<double>::infinity();
    value.bucket.push_back(bucket);
  }
  value.sample_sum = text::in_seconds(sum);
  return value;
}

MetricFamily histogram(std::string_view name, std::string_view help, std::span<const std::chrono::nanoseconds> bounds,
                       std::span<const std::uint64_t> buckets, std::chrono::nanoseconds sum) {
  MetricFamily result = family(name, help, MetricType::Histogram);
  result.metric.emplace_back().histogram = histogram_value(bounds, buckets, sum);
  return result;
}

}  // namespace threadecho::admin
