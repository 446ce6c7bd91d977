#pragma once

#include <chrono>
#include <ctime>

namespace threadecho::load {

/// While it lives, interrupts the thread that made it at a fixed interval, so that a recv that blocks fails with EINTR.
/// For a thread that waits in recv and must look around now and then: a timeout of the socket's own would cost every
/// single recv a timer of the kernel's. Each thread may have one. SIGALRM has a handler that does nothing from
/// the first one on: taking that away again could leave another thread's timer to end the process.
class TickTimer {
 public:
  /// Throws std::system_error if it cannot create a timer.
  explicit TickTimer(std::chrono::milliseconds interval);
  ~TickTimer();
  TickTimer(const TickTimer&) = delete;
  TickTimer& operator=(const TickTimer&) = delete;

 private:
  timer_t timer_{};
};

}  // namespace threadecho::load
