#pragma once

#include <atomic>
#include <cstdint>

namespace threadecho::stats {

/// A count that one thread writes and any thread may read. About 1 ns an addition.
/// Relaxed is enough: with a single writer nothing can be lost between load and store, and a reader wants a recent
/// number, not an order between numbers. Whoever needs exact totals reads after something that orders them: the
/// writer's last use of a lock (the connection table's), or its join.
template <typename Number>
class OwnedNumber {
 public:
  void add(Number amount) noexcept { set(value() + amount); }
  void remove(Number amount) noexcept { set(value() - amount); }
  void set(Number value) noexcept { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] Number value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Number> value_{0};
};

using OwnedCounter = OwnedNumber<std::uint64_t>;
/// For what there are many of and cannot come to 2^32.
using SmallOwnedCounter = OwnedNumber<std::uint32_t>;

}  // namespace threadecho::stats
