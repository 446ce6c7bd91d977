#include "net/poll_timeout.h"

#include <gtest/gtest.h>

#include <chrono>

namespace threadecho::net {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

constexpr Time kNow{1'000s};

TEST(PollTimeout, EndsNoWaitBeforeItsTime) {
  EXPECT_EQ(poll_timeout(kNow + 1ns, kNow), 1) << "0 would make the caller spin until then";
  EXPECT_EQ(poll_timeout(kNow + 1ms, kNow), 1);
  EXPECT_EQ(poll_timeout(kNow + 1500us, kNow), 2);
  EXPECT_EQ(poll_timeout(kNow + 5s, kNow), 5000);
}

TEST(PollTimeout, IsZeroForWhatIsOver) {
  EXPECT_EQ(poll_timeout(kNow, kNow), 0);
  EXPECT_EQ(poll_timeout(kNow - 1h, kNow), 0);
  EXPECT_EQ(poll_timeout(Time::min(), Time{}), 0);
}

TEST(PollTimeout, IsForEverOnlyWithoutAnEnd) {
  EXPECT_EQ(poll_timeout(Time::max(), kNow), -1);
  EXPECT_GT(poll_timeout(kNow + 24h * 3650, kNow), 0);
  EXPECT_LE(poll_timeout(kNow + 24h * 3650, kNow), 3'600'000);
}

TEST(PollTimeout, LeavesOfALongWaitWhatTheKernelMayAdd) {
  for (const auto wait : {6s, 20s, 600s, 3600s}) {
    const double shortened = poll_timeout(kNow + wait, kNow) / 1000.0;
    EXPECT_LT(shortened * 1.005, std::chrono::duration<double>(wait).count()) << "poll(2) is up to 0.5 % late";
    EXPECT_GT(shortened, std::chrono::duration<double>(wait).count() * 0.9) << "and the caller looks again";
  }
}

}  // namespace
}  // namespace threadecho::net
