#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>

#include "stats/single_writer_counter.h"

namespace threadecho::stats {

using std::chrono::nanoseconds;

/// Upper bounds of buckets, ascending.
template <std::size_t N>
using Bounds = std::array<nanoseconds, N>;

// A layout says how many buckets a histogram has (kCount), and which one takes a value (index_of).

/// The layout with a bucket for each of `bounds`, its upper bound included, and one for what is above the last.
template <const auto& bounds>
struct BoundedBuckets {
  static constexpr std::size_t kCount = bounds.size() + 1;

  static constexpr std::size_t index_of(nanoseconds value) {
    return static_cast<std::size_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
  }
};

/// A histogram as plain numbers, for reading and adding up; a value.
template <typename Layout>
struct HistogramTotals {
  std::array<std::uint64_t, Layout::kCount> buckets{};
  nanoseconds sum{0};

  void observe(nanoseconds value) {
    ++buckets[Layout::index_of(value)];
    sum += value;
  }
  void add(const HistogramTotals& other) {
    std::ranges::transform(buckets, other.buckets, buckets.begin(), std::plus{});
    sum += other.sum;
  }
  /// Subtracts an earlier reading of the same histogram.
  void subtract(const HistogramTotals& earlier) {
    std::ranges::transform(buckets, earlier.buckets, buckets.begin(), std::minus{});
    sum -= earlier.sum;
  }
  [[nodiscard]] std::uint64_t count() const {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
  }
};

/// A histogram that one thread writes and any thread may read: no lock, no read-modify-write. Each bucket is a
/// `Counter`.
template <typename Layout, typename Counter = SingleWriterCounter>
class SingleWriterHistogram {
 public:
  void observe(nanoseconds value) noexcept {
    buckets_[Layout::index_of(value)].add(1);
    sum_.add(static_cast<std::uint64_t>(value.count()));
  }

  void add_to(HistogramTotals<Layout>& totals) const noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      totals.buckets[i] += buckets_[i].value();
    }
    totals.sum += nanoseconds(static_cast<std::int64_t>(sum_.value()));
  }

 private:
  std::array<Counter, Layout::kCount> buckets_{};
  SingleWriterCounter sum_;
};

}  // namespace threadecho::stats
