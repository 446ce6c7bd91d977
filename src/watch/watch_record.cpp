#include "watch/watch_record.h"

#include <algorithm>
#include <functional>

namespace threadecho::watch {

void PathCounters::add(const PathCounters& other) {
  std::ranges::transform(messages, other.messages, messages.begin(), std::plus{});
  lost += other.lost;
  outage += other.outage;
  retransmitted += other.retransmitted;
}

}  // namespace threadecho::watch
