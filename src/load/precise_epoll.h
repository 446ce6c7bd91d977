#pragma once

#include <sys/epoll.h>

#include <span>

#include "load/load_recorder.h"

namespace threadecho::load {

/// Waits for events to the nanosecond where the system can, and else rather too short than too long.
class PreciseEpoll {
 public:
  /// Waits for `longest` at most. Returns the number of events. Throws std::system_error.
  int wait(int epoll, std::span<epoll_event> events, Nanoseconds longest);

 private:
  bool is_precise_ = true;
};

}  // namespace threadecho::load
