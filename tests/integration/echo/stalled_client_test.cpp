#include <gtest/gtest.h>
#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "echo/drain.h"
#include "net/tcp.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using Clock = std::chrono::steady_clock;
using echo::CloseReason;
using echo::ConnectionState;
using namespace std::chrono_literals;

/// Longer than any test waits: a test fails if it needs this timeout.
constexpr std::chrono::seconds kLongerThanPatience = 4 * kPatience;

bool all_are(EchoServer& server, ConnectionState state) {
  return eventually([&] {
    const auto connections = server.server().connections();
    return !connections.empty() &&
           std::ranges::all_of(connections, [state](const auto& connection) { return connection.state == state; });
  });
}

/// If a send takes nothing for this long, the test assumes that it never will.
constexpr std::chrono::milliseconds kStalled{100};

/// A client with small buffers, so that the server's kernel soon holds the rest.
TestClient small_client(const EchoServer& server) { return TestClient(server.endpoint(), 4096, 4096); }

/// Sends without reading until the server can neither send nor receive any more, and returns what was sent.
std::string stall(const TestClient& client, std::uint32_t seed) {
  const std::string bytes = random_bytes(std::size_t{8} * 1024 * 1024, seed);
  std::size_t sent = 0;
  net::set_send_timeout(client.fd(), kStalled);
  for (;;) {
    EXPECT_LT(sent, bytes.size()) << "the kernel holds more than that";
    const ssize_t now = ::send(client.fd(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) {
      return bytes.substr(0, sent);
    }
    sent += static_cast<std::size_t>(now);
  }
}

class StalledClient : public OverAllModels {
 protected:
  static config::Settings small_buffers() {
    auto settings = test_settings();
    settings.socket_buffer_size = std::size_t{16} * 1024;
    return settings;
  }
};
INSTANTIATE_TEST_SUITE_P(, StalledClient, all_models(), name_of_model);

TEST_P(StalledClient, IsResetByTheWriteTimeout) {
  auto settings = small_buffers();
  settings.write_timeout = 10 * kStalled;  // so that recv reports the reset
  const EchoServer server(settings);
  const TestClient client = small_client(server);
  stall(client, 1);
  ASSERT_TRUE(server.closes(CloseReason::kWriteTimeout));
  EXPECT_EQ(client.receive_rest().error_number, ECONNRESET)
      << "otherwise the kernel keeps megabytes that are never read";
}

TEST_P(StalledClient, IsNotWaitedForUntilTheIdleTimeout) {
  auto settings = small_buffers();
  settings.idle_timeout = kLongerThanPatience;
  settings.write_timeout = 200ms;
  const EchoServer server(settings);
  const TestClient client = small_client(server);
  ASSERT_EQ(client.echo("the idle timeout runs from here"), "the idle timeout runs from here");
  stall(client, 1);
  EXPECT_TRUE(server.closes(CloseReason::kWriteTimeout));
}

TEST_P(StalledClient, IsNotWaitedForUntilTheIdleTimeoutWithItsTail) {
  auto settings = test_settings();
  settings.idle_timeout = kLongerThanPatience;
  settings.write_timeout = 200ms;
  const EchoServer server(settings);
  const TestClient client(server.endpoint(), 4096, 0);
  ASSERT_EQ(client.echo("x"), "x");
  client.send(random_bytes(200'000, 1));
  client.half_close();
  ASSERT_TRUE(server.closes(CloseReason::kWriteTimeout));
  // The close is counted before it happens: until then, reading would let the tail and an orderly end through.
  pollfd broken{.fd = client.fd(), .events = 0, .revents = 0};
  ASSERT_EQ(::poll(&broken, 1, 30'000), 1);
  // Nothing that the client sent is unread, which would have the kernel send the reset by itself.
  EXPECT_EQ(client.receive_rest().error_number, ECONNRESET) << "otherwise the kernel keeps the tail of its echo";
}

TEST_P(StalledClient, IsNotWaitedForUntilTheIdleTimeoutInALinger) {
  auto settings = test_settings();
  settings.idle_timeout = kLongerThanPatience;
  settings.max_connection_age = 200ms;
  const EchoServer server(settings);
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("x"), "x");
  EXPECT_TRUE(server.closes(CloseReason::kMaxAge)) << "though the client does not close its side";
}

/// All of its echo is in the kernel, so no send is blocked.
TEST_P(StalledClient, ThatReadsNothingLeavesADrainItsTime) {
  EchoServer server(test_settings());
  const TestClient client(server.endpoint(), 4096, 0);
  client.send(random_bytes(200'000, 1));
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes == 200'000; }));
  server.begin_drain_and_stop_accepting();
  const auto began = Clock::now();
  EXPECT_EQ(server.stop(), 1U);
  EXPECT_LT(Clock::now() - began, echo::kLinger + 2s);
}

TEST_P(StalledClient, GetsEveryByteThoughItStallsAgainAndAgain) {
  EchoServer server(small_buffers());
  const TestClient client = small_client(server);
  for (std::uint32_t round = 0; round < 3; ++round) {
    const std::string sent = stall(client, round);
    ASSERT_TRUE(all_are(server, ConnectionState::kSending));
    std::string got;
    while (got.size() < sent.size()) {
      // Little at a time, so that the rest of one message goes out in several sends.
      got += client.receive(std::min<std::size_t>(3000, sent.size() - got.size()));
    }
    ASSERT_TRUE(got == sent) << "round " << round;
  }
}

#ifndef THREADECHO_SANITIZED  // its allocator does not count for mallinfo2
TEST(StalledPoolClient, HoldsNoMemoryOnceItReadsAgain) {
  auto settings = test_settings();
  settings.thread_model = config::ThreadModel::kPool;
  settings.pool_threads = 1;
  settings.buffer_size = std::size_t{1024} * 1024;
  settings.thread_stack_size = 2 * settings.buffer_size;
  settings.socket_buffer_size = settings.buffer_size / 4;
  EchoServer server(settings);
  const TestClient client(server.endpoint(), 4096, 0);
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::string sent = stall(client, 1);
  ASSERT_TRUE(all_are(server, ConnectionState::kSending));
  const auto connection = server.server().connections().front();
  const std::size_t unsent = connection.received_bytes - connection.echoed_bytes;
  std::string got(sent.size(), '\0');  // before, so that it is in both readings
  const std::size_t with_got = in_use();
  std::size_t have = 0;
  while (have < got.size()) {
    const ssize_t now = ::recv(client.fd(), got.data() + have, got.size() - have, 0);
    ASSERT_GT(now, 0);
    have += static_cast<std::size_t>(now);
  }
  ASSERT_TRUE(got == sent);
  ASSERT_TRUE(all_are(server, ConnectionState::kReceiving));
  // A connection is idle a moment before its worker has freed what it held.
  EXPECT_TRUE(eventually([&] { return in_use() < with_got - unsent / 2; }));
}
#endif

}  // namespace
}  // namespace threadecho::test
