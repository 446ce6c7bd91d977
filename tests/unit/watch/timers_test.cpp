#include "watch/timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace threadecho::test {
namespace {

using watch::Timed;
using watch::Timers;
using Clock = Timed::Clock;

class At final : public Timed {
 public:
  void advance(Clock::time_point /*now*/) override { ++steps; }
  [[nodiscard]] Clock::time_point next_step() const override { return Clock::time_point(at); }

  std::chrono::seconds at{0};
  int steps = 0;
};

TEST(Timers, GiveTheFirstOfAnyNumberInOrder) {
  Timers timers;
  std::vector<At> all(200);
  std::mt19937 random(1);
  for (At& one : all) {
    one.at = std::chrono::seconds(random() % 1000);
    timers.set(one);
  }
  for (int i = 0; i < 2000; ++i) {  // moved to and fro
    At& one = all[random() % all.size()];
    one.at = std::chrono::seconds(random() % 1000);
    timers.set(one);
    const auto least = std::ranges::min_element(all, {}, &At::at);
    ASSERT_EQ(timers.first_at(), Clock::time_point(least->at));
  }
  auto last = Clock::time_point::min();
  while (Timed* const first = timers.first()) {
    EXPECT_GE(timers.first_at(), last);
    last = timers.first_at();
    timers.remove(*first);
  }
  EXPECT_EQ(timers.first_at(), Clock::time_point::max());
}

TEST(Timers, ForgetWhatIsRemovedAnyNumberOfTimes) {
  Timers timers;
  std::vector<At> all(20);
  std::uint32_t number = 0;
  for (At& one : all) {
    one.at = std::chrono::seconds(7 * ++number % 20);
    timers.set(one);
  }
  for (std::size_t i = 0; i < all.size(); i += 2) {
    timers.remove(all[i]);
    timers.remove(all[i]);
  }
  for (std::size_t left = all.size() / 2; left > 0; --left) {
    timers.first()->advance({});
    timers.remove(*timers.first());
  }
  EXPECT_EQ(timers.first(), nullptr);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].steps, i % 2 == 0 ? 0 : 1);
  }
}

}  // namespace
}  // namespace threadecho::test
