#include "http/turns.h"

#include <algorithm>
#include <ctime>

#include "http/request_target.h"

namespace threadecho::http {
namespace {

using std::chrono::nanoseconds;

constexpr int kPausePerCost = 9;

/// Processor time, not wall-clock time: a busy machine does not make an answer more expensive.
nanoseconds thread_cpu_time() {
  std::timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

}  // namespace

void Turns::run() {
  const auto first = next();
  const std::string target = first->target;
  last_path_ = path_of(target);
  const auto make = std::move(first->make);
  const nanoseconds before = thread_cpu_time();
  Response response;
  try {
    response = make();
  } catch (...) {
    waiting_.erase(first);
    throw;
  }
  const nanoseconds cost = thread_cpu_time() - before;
  due_ = Clock::now() + std::min<Clock::duration>(kPausePerCost * cost, longest_pause_);
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    if (place->target == target) {
      const auto deliver = std::move(place->deliver);
      place = waiting_.erase(place);
      deliver(response);
    } else {
      ++place;
    }
  }
}

Turns::Place Turns::next() {
  const auto other =
      std::ranges::find_if(waiting_, [this](const Waiting& request) { return path_of(request.target) != last_path_; });
  return other == waiting_.end() ? waiting_.begin() : other;
}

}  // namespace threadecho::http
