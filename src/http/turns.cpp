#include "http/turns.h"

#include <algorithm>
#include <ctime>

namespace threadecho::http {
namespace {

using std::chrono::nanoseconds;

constexpr int kPausePerCost = 9;

/// Processor time, not wall-clock time: an answer is not dearer because the machine is busy.
nanoseconds thread_cpu_time() {
  std::timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

}  // namespace

void Turns::run() {
  const Job job = std::move(waiting_.front());
  waiting_.pop_front();
  const nanoseconds before = thread_cpu_time();
  job();
  const nanoseconds cost = thread_cpu_time() - before;
  next_ = Clock::now() + std::min<Clock::duration>(kPausePerCost * cost, longest_pause_);
}

}  // namespace threadecho::http
