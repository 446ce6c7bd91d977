#include "watch/timers.h"

#include <cmath>
#include <utility>

namespace threadecho::watch {

std::chrono::nanoseconds phase_of(std::uint32_t number, std::chrono::nanoseconds interval) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double share = std::fmod(static_cast<double>(number) * kGoldenRatio, 1.0);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(interval.count())));
}

void Timers::put(std::size_t place, Timed* timed) {
  heap_[place] = timed;
  timed->place_ = place;
}

void Timers::set(Timed& timed) {
  const auto at = timed.next_step();
  if (timed.place_ != Timed::kNowhere && timed.at_ == at) {
    return;  // as after most echoes: it would cost as much as to move
  }
  timed.at_ = at;
  if (timed.place_ == Timed::kNowhere) {
    heap_.push_back(&timed);
    timed.place_ = heap_.size() - 1;
  }
  rise(timed.place_);
  sink(timed.place_);
}

void Timers::remove(Timed& timed) {
  const std::size_t place = std::exchange(timed.place_, Timed::kNowhere);
  if (place == Timed::kNowhere) {
    return;
  }
  Timed* const last = heap_.back();
  heap_.pop_back();
  if (last != &timed) {
    put(place, last);
    rise(place);
    sink(last->place_);
  }
}

void Timers::rise(std::size_t place) {
  Timed* const timed = heap_[place];
  while (place > 0 && timed->at_ < heap_[(place - 1) / 2]->at_) {
    put(place, heap_[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  put(place, timed);
}

void Timers::sink(std::size_t place) {
  Timed* const timed = heap_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child + 1 < heap_.size() && heap_[child + 1]->at_ < heap_[child]->at_) {
      ++child;
    }
    if (child >= heap_.size() || timed->at_ <= heap_[child]->at_) {
      break;
    }
    put(place, heap_[child]);
    place = child;
  }
  put(place, timed);
}

}  // namespace threadecho::watch
