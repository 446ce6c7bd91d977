#include "watch/identity_schedule.h"

#include <gtest/gtest.h>

#include <chrono>

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using watch::IdentitySchedule;

constexpr watch::Clock::time_point kStart{1h};

TEST(IdentitySchedule, AsksUntilTheNodeIsKnown) {
  IdentitySchedule schedule(true);
  EXPECT_TRUE(schedule.pass(kStart));
  schedule.take_answer(false, kStart);
  EXPECT_FALSE(schedule.pass(kStart + 4min));
  EXPECT_TRUE(schedule.pass(kStart + 5min));
  schedule.take_answer(true, kStart + 5min);
  EXPECT_FALSE(schedule.pass(kStart + 1h));
}

TEST(IdentitySchedule, AsksNotAgainBeforeTheAnswer) {
  IdentitySchedule schedule(true);
  EXPECT_TRUE(schedule.pass(kStart));
  EXPECT_FALSE(schedule.pass(kStart + 1h));
  schedule.restart(kStart + 1h);
  EXPECT_FALSE(schedule.pass(kStart + 1h));
}

TEST(IdentitySchedule, AsksAgainAfterAnAnswerThatMayBeFromAnEarlierServer) {
  IdentitySchedule schedule(true);
  EXPECT_TRUE(schedule.pass(kStart));
  schedule.restart(kStart + 1s);
  schedule.take_answer(true, kStart + 2s);
  EXPECT_TRUE(schedule.pass(kStart + 2s));
  schedule.take_answer(true, kStart + 3s);
  EXPECT_FALSE(schedule.pass(kStart + 1h));
}

TEST(IdentitySchedule, NeverAsksIfItIsNotWanted) {
  IdentitySchedule schedule(false);
  EXPECT_FALSE(schedule.pass(kStart));
  schedule.restart(kStart);
  EXPECT_FALSE(schedule.pass(kStart));
}

}  // namespace
}  // namespace threadecho::test
