#include "support/no_memory.h"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "echo/connection_table.h"
#include "echo/drain.h"
#include "echo/log_lines.h"
#include "echo/spare_descriptors.h"
#include "echo/thread_model.h"
#include "log/line.h"
#include "support/captured_log.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

class NoMemoryForAThread : public OverBothModels {};
INSTANTIATE_TEST_SUITE_P(, NoMemoryForAThread, both_models(), name_of_model);

TEST_P(NoMemoryForAThread, IsAnErrorThatLeavesTheConnectionToBeRefused) {
  const auto settings = test_settings();
  CapturedLog log;
  const echo::Drain drain;
  echo::ConnectionTable table(1, 0);
  echo::SpareDescriptors spare_descriptors(0);
  const auto threads = echo::make_thread_model({.settings = settings,
                                                .drain = drain,
                                                .table = table,
                                                .log = log.logger(),
                                                .spare_descriptors = spare_descriptors});
  auto connection = std::make_unique<echo::Connection>(1, net::Fd(), net::Endpoint(), echo::Clock::now());
  echo::Connection& borrowed = *connection;
  ASSERT_FALSE(table.try_add(connection));
  std::error_code error;
  {
    const NoMemory none;
    error = threads->serve(borrowed);
  }
  EXPECT_EQ(error, std::errc::not_enough_memory);
  table.withdraw(borrowed);
  EXPECT_EQ(table.size(), 0);
  threads->join_all();
}

TEST(NoMemoryForTheTable, LeavesNoPlaceTaken) {
  echo::ConnectionTable table(1, 1);
  auto connection = std::make_unique<echo::Connection>(1, net::Fd(), net::Endpoint(), echo::Clock::now());
  bool has_failed = false;
  try {
    const NoMemory none;
    table.try_add(connection);
  } catch (const std::bad_alloc&) {
    has_failed = true;
  }
  EXPECT_TRUE(has_failed);
  EXPECT_EQ(table.size(), 0);
  connection = std::make_unique<echo::Connection>(2, net::Fd(), net::Endpoint(), echo::Clock::now());
  EXPECT_FALSE(table.try_add(connection).has_value());
}

TEST(NoMemoryForALogLine, LosesTheLineAndNothingElse) {
  CapturedLog log;
  constexpr std::string_view kEvent = "cannot accept a client";
  const auto error = std::make_error_code(std::errc::not_enough_memory);
  {
    log::RateLimit limit;
    const NoMemory none;
    echo::log_failed(log.logger(), limit, kEvent, error);
  }
  EXPECT_EQ(log.text(), "");
  log::RateLimit limit;
  echo::log_failed(log.logger(), limit, kEvent, error);
  EXPECT_EQ(log.text(), "warning cannot accept a client error=\"Cannot allocate memory\" suppressed=0\n");
}

TEST(NoMemoryForAJsonLine, IsAnExceptionWhereverItStrikes) {
  int failures = 0;
  for (bool has_failed = true; has_failed; ++failures) {
    const FailingAllocation failing(failures + 1);
    std::string line;
    std::thread writer([&] {
      try {
        line = log::json_body("connection closed", {{"peer", "192.0.2.1:9000"}, {"id", 7U}, {"seconds", 0.25}});
      } catch (const std::bad_alloc&) {
        line = "none";
      }
    });
    writer.join();
    has_failed = failing.has_failed();
    EXPECT_EQ(line == "none", has_failed) << failures + 1;
  }
  EXPECT_GT(failures, 5);
}

}  // namespace
}  // namespace threadecho::test
