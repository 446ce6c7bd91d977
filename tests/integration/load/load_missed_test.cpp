#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "load/json_report.h"
#include "load/load_run.h"
#include "load/text_report.h"
#include "support/faulty_server.h"

namespace threadecho::test {
namespace {

using load::LoadOptions;
using load::LoadResult;
using std::chrono::milliseconds;

LoadOptions open_loop_with_warmup() {
  LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.mode = load::LoadMode::kOpen;
  how.connections = 2;
  how.threads = 1;
  how.rate = 1000;
  how.warmup = milliseconds(200);
  how.duration = milliseconds(300);
  return how;
}

TEST(LoadMissed, CountsWhatWasDueInTheMeasuredTimeAndNothingOfTheWarmUp) {
  // Every second message is due on a connection that the server closes at once.
  const FaultyServer server([](int fd, int number) {
    if (number == 1) {
      echo_until_closed(fd);
    }
  });
  const LoadResult result = load::run_load_test(open_loop_with_warmup(), server.endpoint());
  EXPECT_EQ(result.incidents.total(), 1U) << load::text_report(result);
  EXPECT_EQ(result.messages, 150U);
  EXPECT_EQ(result.missed_messages, 150U);
  EXPECT_EQ(nlohmann::json::parse(load::json_report(result)).at("missed_messages"), 150);
}

TEST(LoadMissed, CountsNothingOfTheWarmUpThatIsLostWithItsConnection) {
  LoadOptions how = open_loop_with_warmup();
  how.warmup = std::chrono::seconds(2);
  how.timeout = std::chrono::seconds(1);
  // Nothing comes back on this connection, which is given up in the warm-up.
  const FaultyServer server([](int fd, int number) {
    if (number == 0) {
      read_to_end(fd);
    } else {
      echo_until_closed(fd);
    }
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_EQ(result.incidents.count(client::FailureKind::kEchoTimeout), 1U) << load::text_report(result);
  EXPECT_EQ(result.missed_messages, 150U);
}

}  // namespace
}  // namespace threadecho::test
