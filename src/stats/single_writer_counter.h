#pragma once

#include <atomic>
#include <cstdint>

namespace threadecho::stats {

/// A number that one thread writes and any thread may read. An addition takes about 1 ns.
/// Relaxed is enough: with a single writer nothing can be lost between load and store, and a reader wants a recent
/// number, not an order between numbers. To get exact totals, read after something that orders them: the writer's last
/// use of a lock (its registry shard's), or its join.
template <typename Number>
class SingleWriterNumber {
 public:
  void add(Number amount) noexcept { set(value() + amount); }
  void remove(Number amount) noexcept { set(value() - amount); }
  void set(Number value) noexcept { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] Number value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Number> value_{0};
};

using SingleWriterCounter = SingleWriterNumber<std::uint64_t>;
/// For numbers that stay below 2^32 and of which there are many.
using SmallSingleWriterCounter = SingleWriterNumber<std::uint32_t>;

}  // namespace threadecho::stats
