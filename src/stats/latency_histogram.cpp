#include "stats/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace threadecho::stats {
namespace {

nanoseconds clamped(nanoseconds latency) { return std::clamp(latency, nanoseconds(0), LatencyBuckets::kLongest); }

}  // namespace

std::uint64_t samples_needed_for(double percent) {
  return static_cast<std::uint64_t>(std::ceil(std::round(1e6 / std::min(percent, 100 - percent)) / 1e4));
}

void LatencyHistogram::record(nanoseconds latency) {
  const nanoseconds value = clamped(latency);
  totals_.observe(value);
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  totals_.add(other.totals_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void LatencyHistogram::subtract(const LatencyHistogram& earlier) {
  totals_.subtract(earlier.totals_);
  min_ = nanoseconds::max();
  max_ = nanoseconds(0);
  for (std::size_t i = 0; i < LatencyBuckets::kCount; ++i) {
    if (totals_.buckets[i] > 0) {
      min_ = std::min(min_, LatencyBuckets::lowest_in(i));
      max_ = LatencyBuckets::lowest_in(i + 1) - nanoseconds(1);
    }
  }
}

double LatencyHistogram::mean() const {
  const std::uint64_t count = totals_.count();
  return count == 0 ? 0 : static_cast<double>(totals_.sum.count()) / static_cast<double>(count);
}

nanoseconds LatencyHistogram::percentile(double percent) const {
  const std::uint64_t count = totals_.count();
  const double exact_rank = std::ceil(percent / 100 * static_cast<double>(count));
  const std::uint64_t rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(exact_rank), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < LatencyBuckets::kCount; ++i) {
    seen += totals_.buckets[i];
    if (seen >= rank && rank < count) {
      return std::clamp(LatencyBuckets::middle_of(i), min_, max_);
    }
  }
  return max_;  // the last one is known exactly
}

std::optional<nanoseconds> LatencyHistogram::known_percentile(double percent) const {
  return count() < samples_needed_for(percent) ? std::nullopt : std::optional(this->percentile(percent));
}

std::uint64_t LatencyHistogram::count_between(nanoseconds from, nanoseconds to) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < LatencyBuckets::kCount; ++i) {
    const nanoseconds middle = LatencyBuckets::middle_of(i);
    if (middle >= from && middle < to) {
      count += totals_.buckets[i];
    }
  }
  return count;
}

LatencyHistogram LatencyHistogram::of(const HistogramTotals<LatencyBuckets>& totals, nanoseconds min, nanoseconds max) {
  LatencyHistogram histogram;
  histogram.totals_ = totals;
  histogram.min_ = min;
  histogram.max_ = max;
  return histogram;
}

void SingleWriterLatencyHistogram::record(nanoseconds latency) noexcept {
  const nanoseconds value = clamped(latency);
  histogram_.observe(value);
  if (value.count() < min_.value()) {
    min_.set(value.count());
  }
  if (value.count() > max_.value()) {
    max_.set(value.count());
  }
}

void SingleWriterLatencyHistogram::add_to(LatencyHistogram& totals) const {
  histogram_.add_to(totals.totals_);
  totals.min_ = std::min(totals.min_, nanoseconds(min_.value()));
  totals.max_ = std::max(totals.max_, nanoseconds(max_.value()));
}

}  // namespace threadecho::stats
