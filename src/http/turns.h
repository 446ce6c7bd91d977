#pragma once

#include <chrono>
#include <functional>
#include <list>

namespace threadecho::http {

/// A queue for answers that walk over all connections. After each of them the next one waits nine times as long as it
/// took of the processor, so that clients that ask in a loop use at most a tenth of a core, and the echo threads keep
/// the rest. An answer is never an old one: it is made when its turn comes.
/// Owned by the server; HTTP thread only.
class Turns {
 public:
  using Clock = std::chrono::steady_clock;
  using Job = std::function<void()>;
  using Place = std::list<Job>::iterator;

  /// At most `longest_pause` between the end of one answer and the next.
  explicit Turns(Clock::duration longest_pause) : longest_pause_(longest_pause) {}

  /// Adds a job to the end of the queue. Its place is valid until the job begins.
  Place enter(Job job) { return waiting_.insert(waiting_.end(), std::move(job)); }
  /// Removes and destroys a job that has not begun.
  void leave(Place place) { waiting_.erase(place); }

  /// When `run` is to be called next; max() while no job waits.
  [[nodiscard]] Clock::time_point due() const noexcept { return waiting_.empty() ? Clock::time_point::max() : next_; }
  /// Runs the first job. What it throws is thrown on, and the job is gone.
  void run();

 private:
  const Clock::duration longest_pause_;
  std::list<Job> waiting_;
  Clock::time_point next_ = Clock::time_point::min();
};

}  // namespace threadecho::http
