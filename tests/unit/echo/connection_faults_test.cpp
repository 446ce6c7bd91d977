#include "echo/connection_faults.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>

#include "support/captured_log.h"

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

class ConnectionFaultsTest : public testing::Test {
 protected:
  ConnectionFaultsTest() { table_.start(); }

  void begin(FaultSpec spec) {
    spec.duration = 1h;
    table_.add(spec, 0);
    ASSERT_TRUE(faults_.update());
  }
  /// Echoes `size` bytes in one message from `now` on, as a thread whose timers end `late`. Returns when it is done.
  Clock::time_point echo(std::size_t size, Clock::time_point now, Clock::duration late) {
    std::array<std::byte, 1000> message{};
    faults_.begin_message(now);
    while (size > 0) {
      const std::size_t allowed = faults_.next(std::span(message).first(size), now);
      if (allowed == 0) {
        now = faults_.held_until() + late;
        continue;
      }
      faults_.sent(allowed, now);
      connection_.counters.echoed_bytes.add(allowed);
      size -= allowed;
    }
    return now;
  }

  test::CapturedLog log_;
  FaultTable table_{true, log_.logger(), [] {}};
  Connection connection_{1, net::Fd(), net::Endpoint(), Clock::now()};
  ConnectionFaults faults_{table_, connection_};
};

TEST_F(ConnectionFaultsTest, ThrottleSmallMessagesToTheRateEvenIfTimersAreLate) {
  begin({.kind = FaultKind::kThrottle, .bytes_per_second = 1'000'000});
  const auto begun = Clock::now();
  auto now = begun;
  for (int i = 0; i < 10'000; ++i) {
    now = echo(100, now, 1ms);
  }
  EXPECT_LE(now - begun, 1010ms) << "a million bytes, and the last timer";
  EXPECT_GE(now - begun, 940ms) << "a chunk of 50 ms may be ahead";
}

TEST_F(ConnectionFaultsTest, ThrottleMakesUpForOneChunkAtMost) {
  begin({.kind = FaultKind::kThrottle, .bytes_per_second = 1000});
  const auto begun = Clock::now();
  const auto later = echo(50, begun, 0ms) + 10s;
  EXPECT_GE(echo(200, later, 0ms) - later, 100ms) << "four chunks, of which two may leave at once";
}

TEST_F(ConnectionFaultsTest, HoldAConnectionThatHasEchoedAllThatAStallLetsPass) {
  begin({.kind = FaultKind::kStall, .after_bytes = 5});
  const auto now = echo(5, Clock::now(), 0ms);
  EXPECT_FALSE(faults_.is_held());
  EXPECT_EQ(faults_.next({}, now), 0U);
  EXPECT_TRUE(faults_.is_held());
  EXPECT_EQ(table_.active().front()->injected(), 1U);
}

TEST_F(ConnectionFaultsTest, DoNotDelayTheEndOfAMessage) {
  begin({.kind = FaultKind::kDelay, .delay = 1s});
  begin({.kind = FaultKind::kThrottle, .bytes_per_second = 100});
  const auto now = echo(5, Clock::now(), 0ms);
  EXPECT_EQ(faults_.next({}, now), 0U);
  EXPECT_FALSE(faults_.is_held());
  EXPECT_FALSE(faults_.ends());
}

}  // namespace
}  // namespace threadecho::echo
