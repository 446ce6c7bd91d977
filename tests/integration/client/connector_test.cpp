#include "client/connector.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <system_error>

#include "load/load_connection.h"
#include "load/load_run.h"
#include "support/echo_fixture.h"
#include "support/scripted_server.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;

/// A socket on a port of its own that connects to just that port: what TCP makes of it is a connection to itself, as a
/// client gets when its ephemeral port happens to be the port it connects to.
net::Fd connected_to_itself() {
  net::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const net::Endpoint any = net::Endpoint::parse("127.0.0.1", 0).value();
  EXPECT_EQ(::bind(fd.get(), any.address(), any.length()), 0);
  const net::Endpoint self = net::Endpoint::local_of(fd.get());
  EXPECT_EQ(::connect(fd.get(), self.address(), self.length()), 0);
  return fd;
}

TEST(Connector, TakesAConnectionToItselfForARefusedOne) {
  const net::Fd fd = connected_to_itself();
  char byte = 'x';
  ASSERT_EQ(::send(fd.get(), &byte, 1, MSG_NOSIGNAL), 1);
  ASSERT_EQ(::recv(fd.get(), &byte, 1, 0), 1) << "it echoes, without a server";
  EXPECT_EQ(client::finish_connect(fd.get(), net::Endpoint::local_of(fd.get())), std::errc::connection_refused);
}

TEST(LoadConnection, TakesAConnectionToItselfForARefusedOne) {
  const load::LoadOptions options;
  load::LoadContext context{
      .options = options, .schedule = {}, .send_buffer = {}, .receive_buffer = {}, .recorder = {}};
  load::LoadConnection connection(options, 0);
  net::Fd fd = connected_to_itself();
  const net::Endpoint self = net::Endpoint::local_of(fd.get());
  connection.adopt(std::move(fd), 0);
  const auto failure = connection.finish_connect(context, self, 1);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, client::FailureKind::kRefused);
}

TEST(Connector, ConnectsFromTheSourceThatItIsGiven) {
  const EchoServer server;
  const net::Endpoint source = net::Endpoint::parse("127.0.0.9", 0).value();
  std::error_code error;
  const net::Fd fd =
      client::connect_to(server.endpoint(), std::chrono::steady_clock::now() + 30s, nullptr, error, &source);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(net::Endpoint::local_of(fd.get()).host(), "127.0.0.9");
}

TEST(Connector, GivesEachAddressItsWholeTimeout) {
  constexpr auto kTimeout = 200ms;
  const FullListener first;
  const FullListener second;
  const auto begin = std::chrono::steady_clock::now();
  const auto connected = client::connect_to_any({first.endpoint(), second.endpoint()}, kTimeout, nullptr);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(connected.attempts.size(), 2U);
  EXPECT_EQ(connected.attempts.front().error, std::errc::timed_out);
  EXPECT_EQ(connected.attempts.back().error, std::errc::timed_out);
  EXPECT_GE(took, 2 * kTimeout);
}

TEST(Connector, GoesOnToTheAddressThatAnswers) {
  const UnusedPort nobody;
  const EchoServer server;
  const auto connected = client::connect_to_any({nobody.endpoint(), server.endpoint()}, 30s, nullptr);
  ASSERT_TRUE(connected.fd);
  ASSERT_EQ(connected.attempts.size(), 2U);
  EXPECT_EQ(connected.attempts.front().error, std::errc::connection_refused);
  EXPECT_FALSE(connected.attempts.back().error);
}

TEST(Resolve, FindsNumericAddressesWithoutALookUpAndNoInvalidName) {
  const auto ipv6 = client::resolve({.host = "::1", .port = 7});
  ASSERT_EQ(ipv6.endpoints.size(), 1U);
  EXPECT_EQ(ipv6.endpoints[0].to_string(), "[::1]:7");
  const auto none = client::resolve({.host = "nobody.invalid", .port = 7});  // RFC 2606
  EXPECT_TRUE(none.endpoints.empty());
  EXPECT_FALSE(none.reason.empty());
}

TEST(LoadRun, TakesOverAConnectionThatIsUpAlready) {
  const EchoServer server;
  load::LoadOptions how;
  how.connections = 3;
  how.duration = 200ms;
  how.warmup = 0ms;
  auto connected = client::connect_to_any({server.endpoint()}, 30s, nullptr);
  const auto result = load::run_load_test(
      how, server.endpoint(), {}, {.fd = std::move(connected.fd), .connect_time = connected.attempts.back().duration});
  EXPECT_TRUE(result.is_clean());
  EXPECT_EQ(result.opened, 3U);
  EXPECT_EQ(server.totals().accepted, 3U);
}

}  // namespace
}  // namespace threadecho::test
