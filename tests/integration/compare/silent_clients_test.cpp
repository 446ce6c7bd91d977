#include "compare/silent_clients.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "client/signal_fd.h"
#include "support/echo_fixture.h"
#include "support/eventually.h"

namespace threadecho::test {
namespace {

TEST(WaitBehind, BeginsWhenTheServerHasTakenAllClients) {
  const EchoServer server;
  client::SignalFd signals;
  std::uint32_t awaited = 0;
  const auto wait_until_used_by = [&](std::uint32_t clients) {
    awaited = clients;
    EXPECT_TRUE(server.has_active(clients));
    EXPECT_EQ(server.totals().received_bytes, 0U) << "it has sent before";
  };
  const auto wait = compare::wait_behind(3, server.endpoint(), wait_until_used_by, kPatience, signals);
  EXPECT_EQ(awaited, 4U);
  EXPECT_FALSE(wait.after_they_left);
}

}  // namespace
}  // namespace threadecho::test
