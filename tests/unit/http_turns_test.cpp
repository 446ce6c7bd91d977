#include "http/turns.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/busy.h"

namespace threadecho::http {
namespace {

using namespace std::chrono_literals;
using Clock = Turns::Clock;

TEST(Turns, AreTakenInOrder) {
  Turns turns(0ms);
  EXPECT_EQ(turns.due(), Clock::time_point::max());
  std::string taken;
  turns.enter([&] { taken += 'a'; });
  turns.enter([&] { taken += 'b'; });
  EXPECT_LE(turns.due(), Clock::now());
  turns.run();
  EXPECT_LE(turns.due(), Clock::now());
  turns.run();
  EXPECT_EQ(taken, "ab");
  EXPECT_EQ(turns.due(), Clock::time_point::max());
}

TEST(Turns, ArePausedForNineTimesTheProcessorTimeOfTheOneBefore) {
  Turns turns(1h);
  Clock::time_point ended;
  turns.enter([&] {
    test::use_processor_for(5ms);
    ended = Clock::now();
  });
  turns.enter([] {});
  EXPECT_LE(turns.due(), Clock::now()) << "the first one waits for nothing";
  turns.run();
  EXPECT_GE(turns.due(), ended + 45ms);
}

TEST(Turns, ArePausedNoLongerThanTheLimit) {
  Turns turns(3ms);
  turns.enter([] { test::use_processor_for(5ms); });
  turns.enter([] {});
  turns.run();
  EXPECT_LE(turns.due(), Clock::now() + 3ms);
}

TEST(Turns, EndWithTheJobThatLeaves) {
  Turns turns(0ms);
  const auto owned = std::make_shared<int>();
  const Turns::Place first = turns.enter([owned] {});
  turns.enter([owned] {});
  turns.leave(first);
  EXPECT_EQ(owned.use_count(), 2);
  turns.run();
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Turns, GoOnAfterAJobThatThrows) {
  Turns turns(0ms);
  bool has_run = false;
  turns.enter([] { throw std::runtime_error("no"); });
  turns.enter([&] { has_run = true; });
  EXPECT_THROW(turns.run(), std::runtime_error);
  turns.run();
  EXPECT_TRUE(has_run);
}

}  // namespace
}  // namespace threadecho::http
