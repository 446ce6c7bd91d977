#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "load/load_run.h"
#include "load/text_report.h"
#include "support/faulty_server.h"
#include "support/interrupted_calls.h"

namespace threadecho::test {
namespace {

using std::chrono::milliseconds;

TEST(LoadStall, GivesWhatWasSentAfterItTheWholeTimeout) {
  load::LoadOptions how;
  how.mode = load::LoadMode::kOpen;
  how.connections = 2;
  how.rate = 20;
  how.timeout = milliseconds(1000);
  how.warmup = milliseconds(0);
  how.duration = milliseconds(2500);
  const FaultyServer server([](int fd, int /*number*/) {
    for (std::string message = read_some(fd); !message.empty(); message = read_some(fd)) {
      std::this_thread::sleep_for(milliseconds(60));
      write_all(fd, message);
    }
  });
  // That of a connection that waits for nothing, while the other one does.
  const HeldUpSend held_up(5, milliseconds(1200));
  const load::LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_TRUE(HeldUpSend::has_happened());
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
  EXPECT_GE(result.local_stalls.longest(), milliseconds(1000));
}

}  // namespace
}  // namespace threadecho::test
