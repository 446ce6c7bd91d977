#include "support/no_memory.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "echo/connection_quota.h"
#include "echo/connection_registry.h"
#include "echo/drain.h"
#include "echo/fault_table.h"
#include "echo/final_wait.h"
#include "echo/log_lines.h"
#include "echo/proxy_gate.h"
#include "echo/refused_clients.h"
#include "echo/thread_model.h"
#include "log/line.h"
#include "net/fd.h"
#include "support/captured_log.h"
#include "support/echo_fixture.h"
#include "support/proxy_headers.h"
#include "support/socket_io.h"

namespace threadecho::test {
namespace {

class NoMemoryForAThread : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, NoMemoryForAThread, all_models(), name_of_model);

TEST_P(NoMemoryForAThread, ReturnsTheClientToBeRefused) {
  const auto settings = test_settings();
  CapturedLog log;
  const echo::Drain drain;
  echo::ConnectionQuota quota(1, 0);
  echo::ConnectionRegistry registry;
  echo::SpareDescriptors spare_descriptors(0);
  echo::FaultTable faults(false, log.logger(), [] {});
  const auto threads = echo::make_thread_model({.settings = settings,
                                                .drain = drain,
                                                .registry = registry,
                                                .log = log.logger(),
                                                .spare_descriptors = spare_descriptors,
                                                .faults = faults});
  net::Fd client(::eventfd(0, EFD_CLOEXEC));
  const int fd = client.get();
  auto connection =
      std::make_unique<echo::Connection>(1, std::move(client), net::Endpoint(), echo::Clock::now(),
                                         std::get<echo::ConnectionQuota::Place>(quota.take(net::Endpoint())));
  registry.add(*connection);
  std::optional<echo::Refused> refused;
  {
    const NoMemory none;
    refused = threads->serve(std::move(connection));
  }
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->client.get(), fd);
  EXPECT_EQ(refused->reason, echo::RejectReason::kThreadLimit);
  EXPECT_EQ(refused->error, std::errc::not_enough_memory);
  EXPECT_EQ(quota.open(), 0U);
  EXPECT_EQ(registry.snapshots(0).size(), 0U);
  threads->join_all();
}

TEST(NoMemoryForTheRegistry, LeavesNoPlaceTaken) {
  echo::ConnectionRegistry registry;
  echo::ConnectionQuota quota(1, 1);
  const auto add = [&] {
    auto connection =
        std::make_unique<echo::Connection>(1, net::Fd(), net::Endpoint(), echo::Clock::now(),
                                           std::get<echo::ConnectionQuota::Place>(quota.take(net::Endpoint())));
    registry.add(*connection);
  };
  bool has_failed = false;
  try {
    const NoMemory none;
    add();
  } catch (const std::bad_alloc&) {
    has_failed = true;
  }
  EXPECT_TRUE(has_failed);
  EXPECT_EQ(quota.open(), 0U);
  EXPECT_NO_THROW(add());
}

TEST(NoMemoryForAClientWithAHeader, LosesThatClientAlone) {
  auto settings = test_settings();
  settings.proxy_port = 0;
  CapturedLog log;
  echo::ConnectionQuota quota(10, 0);
  echo::ProxyGate gate(settings, quota, log.logger());
  echo::RefusedClients leaving(10);
  std::vector<net::Fd> clients;
  for (int i = 0; i < 3; ++i) {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    clients.emplace_back(pair[0]);
    write_all(pair[0], proxy_v1());
    EXPECT_FALSE(gate.add(net::Fd(pair[1]), net::Endpoint(), leaving));
  }
  int let_in = 0;
  const auto fail_at_first = [&](const echo::ProxyGate::Arrival&) {
    if (++let_in == 1) {
      throw std::bad_alloc();
    }
  };
  EXPECT_THROW(gate.tend(echo::Clock::now(), leaving, fail_at_first), std::bad_alloc);
  EXPECT_EQ(let_in, 3) << "no second event comes for the others";
  EXPECT_TRUE(gate.empty());
  EXPECT_EQ(quota.open(), 0U);
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
        line = log::json_body("connection closed",
                              {{"peer", "192.0.2.1:9000"}, {"id", 7U}, {"seconds", std::chrono::milliseconds(250)}});
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
