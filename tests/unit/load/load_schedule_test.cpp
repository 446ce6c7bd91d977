#include <gtest/gtest.h>

#include <cstdint>

#include "load/load_connection.h"

namespace threadecho::test {
namespace {

using load::Nanoseconds;
using load::OpenSchedule;

constexpr Nanoseconds kSecond = 1'000'000'000;

/// 1,000 messages a second over two connections.
OpenSchedule schedule(Nanoseconds ramp) {
  return {.start = 7 * kSecond, .nanoseconds_per_message = 1e6, .connections = 2, .ramp = static_cast<double>(ramp)};
}

/// Messages that are due in [from, to) after the start.
std::uint64_t due_between(const OpenSchedule& schedule, Nanoseconds from, Nanoseconds to) {
  std::uint64_t count = 0;
  for (std::uint64_t message = 0; message < 20'000; ++message) {
    const Nanoseconds due = schedule.due(message / 2, static_cast<std::uint32_t>(message % 2)) - schedule.start;
    count += due >= from && due < to ? 1U : 0U;
  }
  return count;
}

TEST(LoadSchedule, KeepsTheRateWithoutARamp) {
  EXPECT_EQ(schedule(0).due(0, 0), 7 * kSecond);
  EXPECT_EQ(schedule(0).due(50, 1), 7 * kSecond + 101'000'000);
  EXPECT_EQ(due_between(schedule(0), 0, kSecond), 1000U);
}

TEST(LoadSchedule, RaisesTheRateEvenlyInTheRamp) {
  const OpenSchedule ramped = schedule(4 * kSecond);
  // A quarter of the way the rate is a quarter: 125 messages in the first second, 250 more in each one after it.
  EXPECT_NEAR(static_cast<double>(due_between(ramped, 0, kSecond)), 125, 1);
  EXPECT_NEAR(static_cast<double>(due_between(ramped, kSecond, 2 * kSecond)), 375, 1);
  EXPECT_NEAR(static_cast<double>(due_between(ramped, 2 * kSecond, 3 * kSecond)), 625, 1);
  EXPECT_NEAR(static_cast<double>(due_between(ramped, 3 * kSecond, 4 * kSecond)), 875, 1);
  EXPECT_EQ(due_between(ramped, 4 * kSecond, 5 * kSecond), 1000U);
  EXPECT_EQ(due_between(ramped, 9 * kSecond, 10 * kSecond), 1000U);
}

}  // namespace
}  // namespace threadecho::test
