#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>

#include "load/load_run.h"
#include "load/text_report.h"
#include "support/faulty_server.h"

namespace threadecho::test {
namespace {

using load::LoadClose;

struct Ends {
  std::atomic<std::uint64_t> resets{0};
  std::atomic<std::uint64_t> others{0};
};

/// A churn, and how its connections end for the server after the whole echo.
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

}  // namespace
}  // namespace threadecho::test
