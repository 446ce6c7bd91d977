#include "probe/probe_messages.h"

#include <utility>

namespace threadecho::probe {

void ProbeMessages::add_echoed(WallTime due_at, std::chrono::nanoseconds round_trip, const std::string& local) {
  round_trips_.record(round_trip);
  if (echoed() <= kMostKept) {
    kept_.push_back({.sequence = sent(), .due_at = due_at, .local = local, .round_trip = round_trip, .failure = {}});
  }
}

void ProbeMessages::add_lost(WallTime due_at, client::Failure failure, const std::string& local) {
  ++losses_[client::words_of(failure.kind).name];
  if (++lost_ <= kMostKept) {
    kept_.push_back(
        {.sequence = sent(), .due_at = due_at, .local = local, .round_trip = {}, .failure = std::move(failure)});
  }
}

}  // namespace threadecho::probe
