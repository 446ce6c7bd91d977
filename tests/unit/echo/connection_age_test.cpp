#include "echo/connection_age.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionAge, HasNoDeadlineWithoutALimit) { EXPECT_FALSE(age_deadline(1, Clock::now(), 0ms)); }

TEST(ConnectionAge, LiesInTheLastTenthOfTheLimitHoweverLong) {
  const auto start = Clock::now();
  for (const std::chrono::milliseconds limit : {1000ms, 3600'000ms, 86'400'000ms, 31'536'000'000ms}) {
    for (std::uint64_t id = 1; id < 1000; ++id) {
      const auto age = age_deadline(id, start, limit).value() - start;
      ASSERT_LE(age, limit) << id;
      ASSERT_GE(age, limit * 9 / 10) << id;
    }
  }
}

TEST(ConnectionAge, SpreadsClientsThatCameTogether) {
  std::set<Clock::time_point> tenths;
  const auto start = Clock::now();
  for (std::uint64_t id = 100; id < 200; ++id) {
    tenths.insert(age_deadline(id, start, 100'000ms).value());
  }
  EXPECT_GT(tenths.size(), 95U);
  EXPECT_GT(*tenths.rbegin() - *tenths.begin(), 9s) << "nearly the whole tenth is used";
}

}  // namespace
}  // namespace threadecho::echo
