#include "support/no_memory.h"

#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <system_error>

#include "echo/connection_table.h"
#include "echo/drain.h"
#include "echo/log_lines.h"
#include "echo/spare_descriptors.h"
#include "echo/thread_model.h"
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

}  // namespace
}  // namespace threadecho::test
