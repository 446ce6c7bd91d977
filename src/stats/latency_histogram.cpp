#include "stats/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace threadecho::stats {

void LatencyHistogram::record(std::uint64_t nanoseconds) {
  const std::uint64_t value = std::min(nanoseconds, LatencyBuckets::kLongest);
  ++buckets_[LatencyBuckets::index_of(value)];
  ++count_;
  sum_ += value;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void LatencyHistogram::subtract(const LatencyHistogram& earlier) {
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
  min_ = UINT64_MAX;
  max_ = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i] -= earlier.buckets_[i];
    if (buckets_[i] > 0) {
      min_ = std::min(min_, LatencyBuckets::lowest_in(i));
      max_ = LatencyBuckets::lowest_in(i + 1) - 1;
    }
  }
}

double LatencyHistogram::mean() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t LatencyHistogram::percentile(double percent) const {
  if (count_ == 0) {
    return 0;
  }
  const double exact_rank = std::ceil(percent / 100 * static_cast<double>(count_));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact_rank), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) {
      // The last one is known exactly.
      return rank == count_ ? max_ : std::clamp(LatencyBuckets::middle_of(i), min_, max_);
    }
  }
  return max_;
}

std::uint64_t LatencyHistogram::count_between(std::uint64_t from, std::uint64_t to) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const std::uint64_t middle = LatencyBuckets::middle_of(i);
    if (buckets_[i] > 0 && middle >= from && middle < to) {
      count += buckets_[i];
    }
  }
  return count;
}

void LiveHistogram::record(std::uint64_t nanoseconds) noexcept {
  const std::uint64_t value = std::min(nanoseconds, LatencyBuckets::kLongest);
  buckets_[LatencyBuckets::index_of(value)].add(1);
  sum_.add(value);
  if (value < min_.value()) {
    min_.set(value);
  }
  if (value > max_.value()) {
    max_.set(value);
  }
}

void LiveHistogram::add_to(LatencyHistogram& totals) const {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    // The count is the sum of what was read here, so that the two agree while the writer goes on.
    const std::uint64_t value = buckets_[i].value();
    totals.buckets_[i] += value;
    totals.count_ += value;
  }
  totals.sum_ += sum_.value();
  totals.min_ = std::min(totals.min_, min_.value());
  totals.max_ = std::max(totals.max_, max_.value());
}

}  // namespace threadecho::stats
