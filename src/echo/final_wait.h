#pragma once

#include <chrono>

#include "echo/connection.h"
#include "echo/spare_descriptors.h"
#include "net/fd.h"

namespace threadecho::echo {

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
