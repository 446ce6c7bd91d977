#pragma once

#include <sys/epoll.h>

#include <span>

#include "load/load_recorder.h"

namespace threadecho::load {

/// Waits for events with nanosecond precision if the system supports it; otherwise rounds the time down.
class PreciseEpoll {
 public:
  /// Waits for `longest` at most. Returns the number of events. Throws std::system_error.
  int wait(int epoll, std::span<epoll_event> events, Nanoseconds longest);

 private:
  bool is_precise_ = true;
};

}  // namespace threadecho::load
