#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "echo/connection.h"
#include "net/fd.h"

namespace threadecho::echo {

/// Counts the descriptors that echo threads may open beside their connections' sockets, so that none is missing for a
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

/// Lets an echo thread wait for the last acknowledgement of a connection with both directions shut. The kernel
/// wakes it when that comes, when the client resets the connection, and when another thread calls shutdown(2). poll(2)
/// would return at once, with POLLHUP, so the thread gets an edge-triggered epoll set of its own; without a spare
/// descriptor it looks again after pauses of up to a second. Lives on the thread's stack.
class FinalWait {
 public:
  FinalWait(int fd, SpareDescriptors& spare) noexcept : fd_(fd), spare_(spare) {}
  ~FinalWait();
  FinalWait(const FinalWait&) = delete;
  FinalWait& operator=(const FinalWait&) = delete;

  /// Returns at `until` or before, after an event or without one: the caller looks at the socket each time.
  void wait_until(Clock::time_point until);

 private:
  void open();

  const int fd_;
  SpareDescriptors& spare_;
  net::Fd epoll_;
  std::chrono::milliseconds pause_{0};
};

}  // namespace threadecho::echo
