#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadecho::watch {

/// When within an interval the path with this number is due: the golden ratio spreads any number of paths evenly.
std::chrono::nanoseconds phase_of(std::uint32_t number, std::chrono::nanoseconds interval);

/// Something that has a next step. Timers keeps a pointer to it: remove it there before it is destroyed.
class Timed {
 public:
  using Clock = std::chrono::steady_clock;

  Timed() = default;
  virtual ~Timed() = default;
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  /// Does what is due. Never waits.
  virtual void advance(Clock::time_point now) = 0;
  /// When to call advance() next; max() for never.
  [[nodiscard]] virtual Clock::time_point next_step() const = 0;

 private:
  friend class Timers;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  std::size_t place_ = kNowhere;  ///< in the heap
};

/// A binary heap of all that has a next step. One thread uses it.
class Timers {
 public:
  /// Takes `timed`, or moves it to where its next step belongs now.
  void set(Timed& timed);
  void remove(Timed& timed);
  /// The one whose step comes first; null without any.
  [[nodiscard]] Timed* first() const { return heap_.empty() ? nullptr : heap_.front().timed; }
  [[nodiscard]] Timed::Clock::time_point first_at() const {
    return heap_.empty() ? Timed::Clock::time_point::max() : heap_.front().at;
  }

 private:
  /// The time stands here too: to compare, no object has to be fetched into the cache.
  struct Entry {
    Timed::Clock::time_point at;
    Timed* timed;
  };

  void put(std::size_t place, const Entry& entry);
  void rise(std::size_t place);
  void sink(std::size_t place);

  std::vector<Entry> heap_;
};

}  // namespace threadecho::watch
