#pragma once

#include <atomic>
#include <cstdint>

namespace threadecho::counting {

/// A count that one thread writes and any thread may read. About 1 ns an addition.
/// Relaxed is enough: with a single writer nothing can be lost between load and store, and a reader wants a recent
/// number, not an order between numbers. Whoever needs exact totals reads after something that orders them: the
/// writer's last use of a lock (the connection table's), or its join.
class OwnedCounter {
 public:
  void add(std::uint64_t amount) noexcept { set(value() + amount); }
  void remove(std::uint64_t amount) noexcept { set(value() - amount); }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace threadecho::counting
