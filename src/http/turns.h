#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <string>
#include <utility>

#include "http/response.h"

namespace threadecho::http {

/// A queue for answers that walk over all connections. After each answer the next one waits nine times the processor
/// time that it took, so that clients that ask in a loop use at most a tenth of a core, and the echo threads keep the
/// rest. All requests for the same target that wait at that time share one answer, so many clients wait no longer than
/// one. An answer is never an old one: it is made when its turn comes, after each of these requests. Owned by the
/// server; HTTP thread only.
class Turns {
 public:
  using Clock = std::chrono::steady_clock;
  /// A request that waits.
  struct Waiting {
    std::string target;
    std::function<Response()> make;                ///< the answer to all requests for the target
    std::function<void(const Response&)> deliver;  ///< to this one
  };
  using Place = std::list<Waiting>::iterator;

  /// At most `longest_pause` between the end of one answer and the next.
  explicit Turns(Clock::duration longest_pause) : longest_pause_(longest_pause) {}

  /// Adds a request to the end of the queue. Its place is valid until its answer is delivered, or making it fails.
  Place enter(Waiting request) { return waiting_.insert(waiting_.end(), std::move(request)); }
  /// Removes a request.
  void leave(Place place) { waiting_.erase(place); }

  /// When `run` is to be called next; max() while no request waits.
  [[nodiscard]] Clock::time_point due() const noexcept { return waiting_.empty() ? Clock::time_point::max() : due_; }
  /// Makes an answer and delivers it. Prefers a request for another path than the last answer's, so that no client
  /// keeps others from a path; else takes the first request. Throws what `make` or `deliver` throws: the request that
  /// it called them for is gone then, and the others keep their places.
  void run();

 private:
  [[nodiscard]] Place next();

  const Clock::duration longest_pause_;
  std::list<Waiting> waiting_;
  std::string last_path_;
  Clock::time_point due_ = Clock::time_point::min();
};

}  // namespace threadecho::http
