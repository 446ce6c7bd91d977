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

using stats::OwnedCounter;
using std::chrono::nanoseconds;

/// Upper bounds of a histogram's buckets, ascending; one more bucket takes what is above the last.
template <std::size_t N>
using Bounds = std::array<nanoseconds, N>;

template <std::size_t N>
constexpr std::size_t bucket_of(const Bounds<N>& bounds, nanoseconds value) {
  return static_cast<std::size_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
}

/// A histogram as it is read and added up: plain numbers, a value.
template <std::size_t N>
struct HistogramTotals {
  std::array<std::uint64_t, N + 1> buckets{};
  nanoseconds sum{0};

  void observe(const Bounds<N>& bounds, nanoseconds value) {
    ++buckets[bucket_of(bounds, value)];
    sum += value;
  }
  void add(const HistogramTotals& other) {
    std::ranges::transform(buckets, other.buckets, buckets.begin(), std::plus{});
    sum += other.sum;
  }
  [[nodiscard]] std::uint64_t count() const {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
  }
};

/// A histogram that one thread writes and any thread may read: no lock, no read-modify-write. Each bucket is a
/// `Counter`.
template <std::size_t N, typename Counter = OwnedCounter>
class OwnedHistogram {
 public:
  void observe(const Bounds<N>& bounds, nanoseconds value) noexcept {
    buckets_[bucket_of(bounds, value)].add(1);
    sum_.add(static_cast<std::uint64_t>(value.count()));
  }

  void add_to(HistogramTotals<N>& totals) const noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      totals.buckets[i] += buckets_[i].value();
    }
    totals.sum += nanoseconds(static_cast<std::int64_t>(sum_.value()));
  }

 private:
  std::array<Counter, N + 1> buckets_{};
  OwnedCounter sum_;
};

}  // namespace threadecho::stats
