#include "watch/timers.h"

#include <cmath>
#include <utility>

namespace threadecho::watch {

std::chrono::nanoseconds phase_of(std::uint32_t number, std::chrono::nanoseconds interval) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double share = std::fmod(static_cast<double>(number) * kGoldenRatio, 1.0);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(interval.count())));
}

void Timers::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  entry.timed->place_ = place;
}

void Timers::set(Timed& timed) {
  const auto at = timed.next_step();
  if (timed.place_ == Timed::kNowhere) {
    timed.place_ = heap_.size();
    heap_.push_back({.at = at, .timed = &timed});
  }
  heap_[timed.place_].at = at;
  rise(timed.place_);
  sink(timed.place_);
}

void Timers::remove(Timed& timed) {
  const std::size_t place = std::exchange(timed.place_, Timed::kNowhere);
  if (place == Timed::kNowhere) {
    return;
  }
  const Entry last = heap_.back();
  heap_.pop_back();
  if (last.timed != &timed) {
    put(place, last);
    rise(place);
    sink(last.timed->place_);
  }
}

void Timers::rise(std::size_t place) {
  const Entry entry = heap_[place];
  while (place > 0 && entry.at < heap_[(place - 1) / 2].at) {
    put(place, heap_[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  put(place, entry);
}

void Timers::sink(std::size_t place) {
  const Entry entry = heap_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child + 1 < heap_.size() && heap_[child + 1].at < heap_[child].at) {
      ++child;
    }
    if (child >= heap_.size() || entry.at <= heap_[child].at) {
      break;
    }
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

}  // namespace threadecho::watch
