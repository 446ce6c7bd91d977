#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stats/single_writer_counter.h"

namespace threadecho::stats {

/// How a latency in nanoseconds becomes a bucket, HdrHistogram's way: below 256 each value has its own; above, every
/// doubling is cut into 128 equal parts, so a bucket is at most 1/128 of its values wide, and its middle at most 0.4 %
/// from any of them. Values above kLongest (73 minutes) count as kLongest.
struct LatencyBuckets {
  static constexpr unsigned kPartBits = 7;
  static constexpr unsigned kValueBits = 42;
  static constexpr std::uint64_t kLongest = (std::uint64_t{1} << kValueBits) - 1;
  static constexpr std::size_t kParts = std::size_t{1} << kPartBits;
  static constexpr std::size_t kCount = (kValueBits - kPartBits + 1) * kParts;

  /// `value` is at most kLongest.
  static constexpr std::size_t index_of(std::uint64_t value) {
    if (value < kParts) {
      return value;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kPartBits - 1;
    return shift * kParts + (value >> shift);
  }
  static constexpr std::uint64_t lowest_in(std::size_t index) {
    if (index < 2 * kParts) {
      return index;
    }
    const auto shift = static_cast<unsigned>(index / kParts) - 1;
    return (index % kParts + kParts) << shift;
  }
  static constexpr std::uint64_t middle_of(std::size_t index) {
    return lowest_in(index) + (lowest_in(index + 1) - lowest_in(index)) / 2;
  }
};

/// Latencies in nanoseconds as they are read and merged: plain numbers, a value. Count, smallest, largest and sum are
/// exact.
class LatencyHistogram {
 public:
  void record(std::uint64_t nanoseconds);
  void merge(const LatencyHistogram& other);
  /// Takes away what an earlier state of the same histogram held; min() and max() then become those of buckets.
  void subtract(const LatencyHistogram& earlier);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] double mean() const noexcept;
  /// The least value that at least `percent` of all values do not exceed, within 0.4 %; 0 when there are none.
  [[nodiscard]] std::uint64_t percentile(double percent) const;
  /// How many values lie in [from, to), as far as buckets can tell.
  [[nodiscard]] std::uint64_t count_between(std::uint64_t from, std::uint64_t to) const;

 private:
  friend class LiveHistogram;

  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(LatencyBuckets::kCount);
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

/// A histogram that one thread writes and any thread may read while it does. Exact once the writer was joined.
class LiveHistogram {
 public:
  LiveHistogram() { min_.set(UINT64_MAX); }

  void record(std::uint64_t nanoseconds) noexcept;
  void add_to(LatencyHistogram& totals) const;

 private:
  std::vector<stats::OwnedCounter> buckets_ = std::vector<stats::OwnedCounter>(LatencyBuckets::kCount);
  stats::OwnedCounter sum_;
  stats::OwnedCounter min_;
  stats::OwnedCounter max_;
};

}  // namespace threadecho::stats
