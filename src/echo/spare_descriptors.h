#pragma once

#include <atomic>
#include <cstdint>

namespace threadecho::echo {

/// Counts the descriptors that echo threads may open beside their connections' sockets without taking one from a
/// client. Owned by the server; any thread may call. Relaxed: the count protects nothing else.
class SpareDescriptors {
 public:
  explicit SpareDescriptors(std::uint64_t count) noexcept : left_(static_cast<std::int64_t>(count)) {}

  /// False if there is none left.
  [[nodiscard]] bool try_take() noexcept {
    if (left_.fetch_sub(1, std::memory_order_relaxed) > 0) {
      return true;
    }
    give_back();
    return false;
  }
  void give_back() noexcept { left_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> left_;
};

}  // namespace threadecho::echo
