#include "net/arrival.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

#include "client/echo_exchange.h"
#include "support/echo_fixture.h"
#include "support/eventually.h"
#include "support/scripted_server.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kUnread = 30ms;

void wait_until_readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  while (::poll(&entry, 1, -1) != 1) {
  }
}

/// The kernel may begin to stamp some milliseconds after it was asked to.
void wait_for_stamps(const TestClient& client) {
  ASSERT_TRUE(net::stamp_arrivals(client.fd()));
  ASSERT_TRUE(eventually([&] {
    client.send("x");
    std::array<std::byte, 16> buffer{};
    return net::receive_stamped(client.fd(), buffer).at.has_value();
  }));
}

TEST(Arrival, IsWhenTheKernelGotTheBytesHoweverLateTheyAreRead) {
  const EchoServer server;
  const TestClient client(server.endpoint());
  wait_for_stamps(client);
  const auto sent = Clock::now();
  client.send("later");
  wait_until_readable(client.fd());
  const auto arrived = Clock::now();
  std::this_thread::sleep_for(kUnread);
  std::array<std::byte, 16> buffer{};
  const net::Arrival arrival = net::receive_stamped(client.fd(), buffer);
  EXPECT_EQ(arrival.got, 5);
  ASSERT_TRUE(arrival.at);
  EXPECT_GT(*arrival.at, sent);
  EXPECT_LE(*arrival.at, arrived);
}

TEST(Arrival, OfNothingIsWhatRecvReturns) {
  const ScriptedServer server([](int) {});
  const TestClient client(server.endpoint());
  ASSERT_TRUE(net::stamp_arrivals(client.fd()));
  std::array<std::byte, 16> buffer{};
  EXPECT_EQ(net::receive_stamped(client.fd(), buffer).got, 0) << "the server closes at once";
}

TEST(Arrival, KeepsTheRoundTripOfAnExchangeThatIsReadLate) {
  const EchoServer server;
  const TestClient client(server.endpoint());
  wait_for_stamps(client);
  client::EchoExchange exchange(client.fd(), client::Payload(1), 64, client::EchoExchange::ArrivesWhen::kStamped);
  exchange.add(0);
  const auto sent = Clock::now();
  exchange.send();
  wait_until_readable(client.fd());
  const auto arrived = Clock::now();
  std::this_thread::sleep_for(kUnread);
  const auto received = exchange.receive();
  ASSERT_EQ(received.echoed.size(), 1U);
  EXPECT_TRUE(received.echoed.front().is_stamped);
  EXPECT_GT(received.echoed.front().round_trip, 0ns);
  EXPECT_LE(received.echoed.front().round_trip, arrived - sent);
}

}  // namespace
}  // namespace threadecho::test
