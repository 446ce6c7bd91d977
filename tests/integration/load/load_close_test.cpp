#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>

#include "load/load_run.h"
#include "load/text_report.h"
#include "support/echo_fixture.h"
#include "support/faulty_server.h"

namespace threadecho::test {
namespace {

using load::LoadClose;

struct Ends {
  std::atomic<std::uint64_t> resets{0};
  std::atomic<std::uint64_t> others{0};
};

/// A churn, and how the server sees its connections end after the whole echo.
void churn(LoadClose close, Ends& ends) {
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.mode = load::LoadMode::kChurn;
  how.close = close;
  how.connections = 2;
  how.duration = std::chrono::milliseconds(200);
  how.warmup = std::chrono::milliseconds(0);
  const FaultyServer server([&](int fd, int /*number*/) {
    write_all(fd, read_exactly(fd, how.size));
    char byte = 0;
    const bool is_reset = ::recv(fd, &byte, 1, 0) < 0 && errno == ECONNRESET;
    ++(is_reset ? ends.resets : ends.others);
  });
  const load::LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
  EXPECT_GT(result.messages, 0U);
}

TEST(LoadClose, ResetsAfterTheWholeEchoWhenAsked) {
  Ends ends;
  churn(LoadClose::kReset, ends);
  EXPECT_GT(ends.resets, 0U);
  EXPECT_LE(ends.others, 2U) << "a connection that the end of the run closed before its echo";
}

TEST(LoadClose, SendsFinOtherwise) {
  Ends ends;
  churn(LoadClose::kFin, ends);
  EXPECT_EQ(ends.resets, 0U);
  EXPECT_GT(ends.others, 0U);
}

/// Gives up after this long.
load::LoadOptions impatient(load::LoadMode mode) {
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.mode = mode;
  how.duration = std::chrono::seconds(20);
  how.warmup = std::chrono::milliseconds(0);
  how.timeout = std::chrono::milliseconds(300);
  return how;
}

TEST(LoadGivesUp, WithAResetWhateverTheServerHasRead) {
  for (const load::LoadMode mode : {load::LoadMode::kClosed, load::LoadMode::kBulk}) {
    short seen = 0;
    {
      const FaultyServer server([&](int fd, int /*number*/) {
        pollfd entry{.fd = fd, .events = POLLRDHUP, .revents = 0};
        static_cast<void>(::poll(&entry, 1, -1));
        seen = entry.revents;
      });
      EXPECT_EQ(load::run_load_test(impatient(mode), server.endpoint()).incidents.total(), 1U);
    }
    EXPECT_NE(seen & POLLHUP, 0) << "after a FIN the server could still send";
  }
}

TEST(LoadGivesUp, AndLeavesTheQueueOfABlockingPoolAtOnce) {
  config::Settings settings = test_settings();
  settings.thread_model = config::ThreadModel::kBlockingPool;
  settings.pool_threads = 1;
  const EchoServer server(settings);
  const TestClient first = server.connect();
  EXPECT_EQ(first.echo("has the thread"), "has the thread");
  load::LoadOptions how = impatient(load::LoadMode::kClosed);
  how.connections = 3;
  EXPECT_EQ(load::run_load_test(how, server.endpoint()).incidents.total(), 3U);
  EXPECT_TRUE(server.closes(echo::CloseReason::kClientReset, 3));
  EXPECT_TRUE(server.has(1, 0));
}

}  // namespace
}  // namespace threadecho::test
