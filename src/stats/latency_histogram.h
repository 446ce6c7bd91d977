#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "stats/histogram.h"
#include "stats/single_writer_counter.h"

namespace threadecho::stats {

/// The layout of HdrHistogram: below 256 ns each value has its own bucket; above, every doubling is cut into 128 equal
/// parts. The middle of a bucket is at most 0.4 % from any of its values. Values above kLongest (73 minutes) count as
/// kLongest.
struct LatencyBuckets {
  static constexpr unsigned kPartBits = 7;
  static constexpr unsigned kValueBits = 42;
  static constexpr nanoseconds kLongest{(std::int64_t{1} << kValueBits) - 1};
  static constexpr std::size_t kParts = std::size_t{1} << kPartBits;
  static constexpr std::size_t kCount = (kValueBits - kPartBits + 1) * kParts;

  /// `value` is 0 to kLongest.
  static constexpr std::size_t index_of(nanoseconds value) {
    const auto number = static_cast<std::uint64_t>(value.count());
    if (number < kParts) {
      return number;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(number)) - kPartBits - 1;
    return shift * kParts + (number >> shift);
  }
  static constexpr nanoseconds lowest_in(std::size_t index) {
    if (index < 2 * kParts) {
      return nanoseconds(index);
    }
    const auto shift = static_cast<unsigned>(index / kParts) - 1;
    return nanoseconds((index % kParts + kParts) << shift);
  }
  static constexpr nanoseconds middle_of(std::size_t index) {
    return lowest_in(index) + (lowest_in(index + 1) - lowest_in(index)) / 2;
  }
};

/// How many samples a percentile needs: one of them must lie beyond it, towards the nearer end. 100 for the 99th, 1,000
/// for the 99.9th, 10 for the 10th. `percent` is above 0 and below 100.
std::uint64_t samples_needed_for(double percent);

/// Latencies as plain numbers, a value of 36 KiB. Count, smallest, largest and sum are exact.
class LatencyHistogram {
 public:
  /// A negative latency counts as 0.
  void record(nanoseconds latency);
  /// Adds those of another histogram.
  void add(const LatencyHistogram& other);
  /// Subtracts an earlier reading of the same histogram; min() and max() then become those of buckets.
  void subtract(const LatencyHistogram& earlier);

  [[nodiscard]] std::uint64_t count() const { return totals_.count(); }
  /// 0 without latencies, like max() and mean().
  [[nodiscard]] nanoseconds min() const { return count() == 0 ? nanoseconds(0) : min_; }
  [[nodiscard]] nanoseconds max() const noexcept { return max_; }
  /// In nanoseconds.
  [[nodiscard]] double mean() const;
  /// The least latency that at least `percent` of all do not exceed, within 0.4 %; 0 without latencies.
  [[nodiscard]] nanoseconds percentile(double percent) const;
  /// The same; nothing with too few latencies, because it would be the largest or the smallest of them.
  [[nodiscard]] std::optional<nanoseconds> known_percentile(double percent) const;
  /// How many latencies lie in [from, to), to the width of a bucket.
  [[nodiscard]] std::uint64_t count_between(nanoseconds from, nanoseconds to) const;

  /// The numbers that a histogram consists of, and the histogram of such numbers.
  [[nodiscard]] const HistogramTotals<LatencyBuckets>& totals() const noexcept { return totals_; }
  static LatencyHistogram of(const HistogramTotals<LatencyBuckets>& totals, nanoseconds min, nanoseconds max);

 private:
  friend class SingleWriterLatencyHistogram;

  HistogramTotals<LatencyBuckets> totals_;
  nanoseconds min_ = nanoseconds::max();
  nanoseconds max_{0};
};

/// A histogram that one thread writes and any thread may read while it does. Exact once the writer was joined.
class SingleWriterLatencyHistogram {
 public:
  SingleWriterLatencyHistogram() { min_.set(nanoseconds::max().count()); }

  void record(nanoseconds latency) noexcept;
  void add_to(LatencyHistogram& totals) const;

 private:
  SingleWriterHistogram<LatencyBuckets> histogram_;
  SingleWriterNumber<std::int64_t> min_;
  SingleWriterNumber<std::int64_t> max_;
};

}  // namespace threadecho::stats
