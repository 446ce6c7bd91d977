#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <thread>
#include <vector>

#include "log/rate_limit.h"

namespace threadecho::log {
namespace {

using std::chrono::milliseconds;

TEST(RateLimit, LetsOneLineThroughInEachIntervalAndCountsTheOthers) {
  RateLimit limit(milliseconds(1000));
  const RateLimit::Clock::time_point start;
  EXPECT_EQ(limit.admit(start), 0U);
  for (int i = 0; i < 17; ++i) {
    EXPECT_EQ(limit.admit(start + milliseconds(999)), std::nullopt);
  }
  EXPECT_EQ(limit.admit(start + milliseconds(1000)), 17U);
  EXPECT_EQ(limit.admit(start + milliseconds(1001)), std::nullopt);
  EXPECT_EQ(limit.admit(start + milliseconds(9000)), 1U);
  EXPECT_EQ(limit.admit(start + milliseconds(10'000)), 0U);
}

TEST(RateLimit, LosesNoLineOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kLines = 1'000'000;
  RateLimit limit(milliseconds(1000));
  const RateLimit::Clock::time_point start;
  {
    std::latch all_run(kThreads);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        all_run.arrive_and_wait();
        for (std::uint64_t line = 0; line < kLines; ++line) {
          static_cast<void>(limit.admit(start));
          std::atomic_signal_fence(std::memory_order_seq_cst);  // keeps the compiler from merging the calls
        }
      });
    }
  }
  EXPECT_EQ(limit.admit(start + milliseconds(1000)), kThreads * kLines - 1);
}

TEST(RateLimit, ReadsTheSteadyClockUnlessToldATime) {
  RateLimit limit(std::chrono::hours(1));
  EXPECT_EQ(limit.admit(), 0U);
  EXPECT_EQ(limit.admit(), std::nullopt);
}

}  // namespace
}  // namespace threadecho::log
