#pragma once

#include <chrono>
#include <ctime>

namespace threadecho::load {

/// While it lives, interrupts the thread that made it at a fixed interval, so that a recv that blocks fails with EINTR.
/// For a thread that waits in recv and must look around now and then: a timeout of the socket would cost every single
/// recv a kernel timer. Each thread may have one. The first one installs a handler for SIGALRM that does nothing, and
/// the handler stays: without it, the timer of another thread could end the process.
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
