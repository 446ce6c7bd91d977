#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>

#include "load/load_run.h"
#include "load/text_report.h"
#include "net/wakeup.h"
#include "support/echo_fixture.h"
#include "support/faulty_server.h"

namespace threadecho::test {
namespace {

using load::LoadMode;
using load::LoadOptions;
using load::LoadResult;
using load::Nanoseconds;
using std::chrono::milliseconds;

LoadOptions ramped(LoadMode mode) {
  LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.mode = mode;
  how.ramp = milliseconds(400);
  how.duration = milliseconds(300);
  how.warmup = milliseconds(0);
  how.threads = 2;
  return how;
}

TEST(LoadRamp, OpensOneConnectionAfterTheOther) {
  constexpr std::size_t kConnections = 8;
  for (const LoadMode mode : {LoadMode::kClosed, LoadMode::kHold, LoadMode::kBulk}) {
    LoadOptions how = ramped(mode);
    how.connections = kConnections;
    std::array<std::atomic<Nanoseconds>, kConnections> came{};
    const FaultyServer server([&](int fd, int number) {
      came.at(static_cast<std::size_t>(number)) = load::monotonic_now();
      echo_until_closed(fd);
    });
    const LoadResult result = load::run_load_test(how, server.endpoint());
    EXPECT_TRUE(result.is_clean()) << load::text_report(result);
    EXPECT_EQ(result.opened, kConnections);
    EXPECT_FALSE(result.stopped_early);
    EXPECT_DOUBLE_EQ(result.measured_seconds, 0.3);
    for (std::size_t i = 0; i < kConnections; ++i) {
      EXPECT_GE(came.at(i) - result.began, static_cast<Nanoseconds>(i) * 50'000'000) << "connection " << i;
    }
  }
}

TEST(LoadRamp, LoadsConnectionsThatAreOpenWhileOthersWait) {
  LoadOptions how = ramped(LoadMode::kClosed);
  how.connections = 2;
  how.ramp = std::chrono::minutes(10);
  net::Wakeup stop;
  const FaultyServer server([&](int fd, int /*number*/) {
    for (int i = 0; i < 10; ++i) {
      write_all(fd, read_exactly(fd, how.size));
    }
    stop.notify();
    echo_until_closed(fd);
  });
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  const LoadResult result = load::run_load_test(how, server.endpoint(), hooks);
  EXPECT_EQ(result.incidents.total(), 0U) << load::text_report(result);
  EXPECT_EQ(result.opened, 1U);
  EXPECT_TRUE(result.stopped_early);
}

TEST(LoadRamp, MeasuresTheFullRateAfterIt) {
  LoadOptions how = ramped(LoadMode::kOpen);
  how.connections = 4;
  how.rate = 1000;
  const EchoServer server;
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
  EXPECT_EQ(result.messages, 300U);
  EXPECT_GE(server.totals().echoed_bytes, (200U + 300U) * how.size);
}

}  // namespace
}  // namespace threadecho::test
