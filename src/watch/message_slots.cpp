#include "watch/message_slots.h"

#include <utility>

namespace threadecho::watch {

bool MessageSlots::pass(Clock::time_point now) {
  if (now < next_) {
    return false;
  }
  next_ += ((now - next_) / interval_ + 1) * interval_;
  ++due_;
  return true;
}

void MessageSlots::settle(MessageResult result, PathCounters& counters) {
  counters.messages[index_of(result)] += std::exchange(due_, 0);
}

}  // namespace threadecho::watch
