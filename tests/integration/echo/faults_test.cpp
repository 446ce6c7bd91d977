// Faults on demand, over real connections, in each thread model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/echo_fixture.h"
#include "support/eventually.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using echo::CloseReason;
using echo::FaultKind;
using echo::FaultPtr;
using echo::FaultSpec;
using SteadyClock = std::chrono::steady_clock;

class Faults : public OverAllModels {
 protected:
  static config::Settings settings_with_faults() {
    config::Settings settings = test_settings();
    settings.faults = true;
    return settings;
  }

  static FaultSpec fault(FaultKind kind, std::uint64_t after_bytes = 0) {
    return {.kind = kind, .after_bytes = after_bytes, .duration = 1h};
  }
  static FaultSpec delay_of(std::chrono::milliseconds delay) {
    return {.kind = FaultKind::kDelay, .delay = delay, .duration = 1h};
  }

  FaultPtr begin(FaultSpec spec) { return server_.server().begin_fault(std::move(spec)); }
  void end(const FaultPtr& fault) { server_.server().faults().end(fault->id()); }

  /// Waits until the server has received this much.
  [[nodiscard]] bool receives(std::uint64_t bytes) const {
    return eventually([&] { return server_.totals().received_bytes >= bytes; });
  }
  [[nodiscard]] static bool has_nothing_to_read(const TestClient& client) {
    char byte = 0;
    return ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  [[nodiscard]] echo::ConnectionState state_of_the_only_connection() {
    const auto connections = server_.server().connections();
    return connections.empty() ? echo::ConnectionState::kStarting : connections.front().state;
  }

  EchoServer server_{settings_with_faults()};
};
INSTANTIATE_TEST_SUITE_P(, Faults, all_models(), name_of_model);

TEST_P(Faults, DelayEachMessageByItsTime) {
  const TestClient client = server_.connect();
  const FaultPtr delay = begin(delay_of(60ms));
  const FaultPtr more = begin(delay_of(40ms));
  for (int i = 1; i <= 3; ++i) {
    const auto begun = SteadyClock::now();
    EXPECT_EQ(client.echo("message"), "message");
    EXPECT_GE(SteadyClock::now() - begun, 100ms) << "they add up";
  }
  EXPECT_EQ(delay->injected(), 3U);
  EXPECT_EQ(more->injected(), 3U);
}

TEST_P(Faults, DelayALongFirstMessageOnce) {
  const FaultPtr delay = begin(delay_of(20ms));
  const TestClient client = server_.connect();
  const std::string message = random_bytes(4000, 3);
  EXPECT_EQ(client.echo(message), message);
  EXPECT_EQ(delay->injected(), 1U);
  EXPECT_EQ(server_.totals().receives, 1U);
}

TEST_P(Faults, StallAConnectionThatHasEchoedJustAsManyBytes) {
  const FaultPtr stall = begin(fault(FaultKind::kStall, 7));
  const TestClient client = server_.connect();
  EXPECT_EQ(client.echo("message"), "message");
  EXPECT_TRUE(eventually([&] { return stall->injected() == 1; }));
  EXPECT_TRUE(eventually([&] { return state_of_the_only_connection() == echo::ConnectionState::kFault; }));
  client.half_close();
  EXPECT_TRUE(has_nothing_to_read(client)) << "no end of file";
  EXPECT_EQ(server_.totals().received_bytes, 7U);
  end(stall);
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error_number, 0);
}

TEST_P(Faults, HoldNothingBackOnceTheyHaveEnded) {
  for (const FaultSpec& spec : {delay_of(1h), fault(FaultKind::kStall), fault(FaultKind::kStall, 3)}) {
    const TestClient client = server_.connect();
    const FaultPtr held = begin(spec);
    const auto before = server_.totals().received_bytes;
    client.send("message");
    EXPECT_EQ(client.receive(spec.after_bytes), std::string_view("message").substr(0, spec.after_bytes));
    EXPECT_TRUE(receives(before + 7));
    EXPECT_TRUE(has_nothing_to_read(client));
    EXPECT_TRUE(eventually([&] { return held->injected() == 1; }));
    end(held);
    EXPECT_EQ(client.receive(7 - spec.after_bytes), std::string_view("message").substr(spec.after_bytes));
    EXPECT_EQ(client.echo("more"), "more");
  }
}

TEST_P(Faults, ExpireByThemselves) {
  const TestClient client = server_.connect();
  FaultSpec spec = fault(FaultKind::kStall, 3);
  spec.duration = 500ms;  // the message must come while it lasts
  const FaultPtr stall = begin(spec);
  EXPECT_EQ(client.echo("message"), "message");
  EXPECT_GE(SteadyClock::now(), stall->end());
  EXPECT_TRUE(server_.log().wait_for("fault ended id=1 fault=stall reason=expired injected=1"));
  EXPECT_EQ(client.echo("more"), "more");
}

TEST_P(Faults, ThrottleTheEcho) {
  const TestClient client = server_.connect();
  begin({.kind = FaultKind::kThrottle, .bytes_per_second = 1'000'000, .duration = 1h});
  const FaultPtr throttle = begin({.kind = FaultKind::kThrottle, .bytes_per_second = 2000, .duration = 1h});
  const std::string message = random_bytes(600, 1);
  const auto begun = SteadyClock::now();
  EXPECT_EQ(client.echo(message), message);
  EXPECT_GE(SteadyClock::now() - begun, 200ms) << "the slowest counts; two chunks of 50 ms may be ahead";
  end(throttle);
  EXPECT_EQ(client.echo(message), message);
}

TEST_P(Faults, CloseAfterSomeBytesWithAnEndOfFile) {
  begin(fault(FaultKind::kClose, 5));
  const TestClient in_a_message = server_.connect();
  in_a_message.send("messages");
  const auto rest = in_a_message.receive_rest();
  EXPECT_EQ(rest.bytes, "messa");
  EXPECT_EQ(rest.error_number, 0);
  const TestClient after_a_message = server_.connect();
  after_a_message.send("hello");
  EXPECT_EQ(after_a_message.receive_rest().bytes, "hello");
}

TEST_P(Faults, ResetAfterSomeBytesWhichTheClientHas) {
  const FaultPtr reset = begin(fault(FaultKind::kReset, 5));
  const TestClient client = server_.connect();
  client.send("messages");
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, "messa");
  EXPECT_EQ(rest.error_number, ECONNRESET);
  EXPECT_TRUE(server_.closes(CloseReason::kFault));
  EXPECT_EQ(reset->injected(), 1U);
}

TEST_P(Faults, ResetASlowReaderNotBeforeItHasItsBytes) {
  constexpr std::size_t kEchoed = 64UL * 1024;  // fits into the server's socket
  begin(fault(FaultKind::kReset, kEchoed));
  const TestClient client(server_.endpoint("127.0.0.1"), 4 * 1024);
  const std::string message = random_bytes(kEchoed + 1000, 4);
  std::thread sender([&] { client.try_send(message); });
  EXPECT_TRUE(eventually([&] { return state_of_the_only_connection() == echo::ConnectionState::kEnding; }));
  pollfd polled{.fd = client.fd(), .events = 0, .revents = 0};
  EXPECT_EQ(::poll(&polled, 1, 1300), 0) << "no reset while the client does not read, for more than a linger";
  const auto rest = client.receive_rest();
  sender.join();
  EXPECT_EQ(rest.bytes.size(), kEchoed);
  EXPECT_EQ(rest.error_number, ECONNRESET);
}

TEST_P(Faults, EndConnectionsThatWereOpenBefore) {
  const TestClient client = server_.connect();
  EXPECT_EQ(client.echo("message"), "message");
  begin(fault(FaultKind::kReset, 5));
  client.send("x");
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error_number, ECONNRESET);
  EXPECT_TRUE(server_.closes(CloseReason::kFault));
}

TEST_P(Faults, CorruptOneBitOfOneByte) {
  const FaultPtr corrupt = begin(fault(FaultKind::kCorrupt, 100'000));
  const TestClient client = server_.connect();
  std::string message = random_bytes(128 * 1024, 2);
  std::string echo = client.echo(message);
  std::set<std::size_t> wrong;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] != echo[i]) {
      wrong.insert(i);
      EXPECT_TRUE(std::has_single_bit(static_cast<unsigned char>(message[i] ^ echo[i])));
    }
  }
  EXPECT_EQ(wrong, std::set<std::size_t>{100'000});
  EXPECT_EQ(client.echo(message), message);
  EXPECT_EQ(corrupt->injected(), 1U);
}

TEST_P(Faults, RefuseNewConnectionsOnly) {
  const TestClient before = server_.connect();
  EXPECT_EQ(before.echo("x"), "x");
  const FaultPtr refuse = begin(fault(FaultKind::kRefuse));
  expect_orderly_refusal(server_.connect());
  EXPECT_EQ(before.echo("x"), "x");
  EXPECT_EQ(server_.rejected(echo::RejectReason::kFault), 1U);
  EXPECT_EQ(refuse->injected(), 1U);
  end(refuse);
  EXPECT_EQ(server_.connect().echo("x"), "x");
}

TEST_P(Faults, MakeTheServerUnreadyAndNothingElse) {
  const FaultPtr unready = begin(fault(FaultKind::kUnready));
  EXPECT_EQ(server_.server().readiness(), echo::Readiness::kUnreadyOnDemand);
  EXPECT_EQ(server_.connect().echo("x"), "x");
  end(unready);
  EXPECT_EQ(server_.server().readiness(), echo::Readiness::kReady);
}

TEST_P(Faults, Combine) {
  begin(delay_of(30ms));
  begin(fault(FaultKind::kCorrupt, 2));
  begin({.kind = FaultKind::kThrottle, .bytes_per_second = 100, .duration = 1h});
  begin(fault(FaultKind::kClose, 10));
  const TestClient client = server_.connect();
  const auto begun = SteadyClock::now();
  client.send("abcdefghijklmno");
  const auto rest = client.receive_rest();
  EXPECT_GE(SteadyClock::now() - begun, 60ms);
  ASSERT_EQ(rest.bytes.size(), 10U);
  EXPECT_EQ(rest.bytes.substr(0, 2), "ab");
  EXPECT_NE(rest.bytes[2], 'c');
  EXPECT_EQ(rest.bytes.substr(3), "defghij");
}

TEST_P(Faults, HitTheSameShareOfConnectionsInEachRun) {
  const auto hit_connections = [] {
    EchoServer server(settings_with_faults());
    FaultSpec spec = fault(FaultKind::kClose);
    spec.share = 0.25;
    const FaultPtr close = server.server().begin_fault(spec);
    std::vector<int> hit;
    for (int id = 1; id <= 40; ++id) {
      const TestClient client = server.connect();
      client.send("x");
      client.half_close();
      if (client.receive_rest().bytes.empty()) {
        hit.push_back(id);
      }
    }
    EXPECT_EQ(close->injected(), hit.size());
    return hit;
  };
  const auto first = hit_connections();
  EXPECT_NEAR(static_cast<double>(first.size()), 10, 1);
  EXPECT_EQ(hit_connections(), first);
}

TEST_P(Faults, HitTheirClientsAlone) {
  FaultSpec spec = fault(FaultKind::kClose);
  spec.clients = {net::Network::parse("::1").value()};
  begin(spec);
  EXPECT_EQ(server_.connect().echo("x"), "x");
  const TestClient hit(server_.endpoint("::1"));
  hit.send("x");
  EXPECT_EQ(hit.receive_rest().bytes, "");
}

TEST_P(Faults, OfNewConnectionsSpareThoseBefore) {
  const TestClient before = server_.connect();
  EXPECT_EQ(before.echo("x"), "x");
  FaultSpec spec = fault(FaultKind::kClose);
  spec.only_new = true;
  begin(spec);
  EXPECT_EQ(before.echo("x"), "x");
  const TestClient after = server_.connect();
  after.send("x");
  EXPECT_EQ(after.receive_rest().bytes, "");
}

TEST_P(Faults, LetAHalfClosedClientHaveItsEcho) {
  begin(delay_of(50ms));
  const TestClient client = server_.connect();
  client.send("message");
  client.half_close();
  EXPECT_EQ(client.receive_rest().bytes, "message");
  EXPECT_TRUE(server_.closes(CloseReason::kClientClosed));
}

TEST_P(Faults, HoldNoConnectionBeyondTheEndOfADrain) {
  const TestClient delayed = server_.connect();
  const TestClient stalled = server_.connect();
  begin(fault(FaultKind::kStall, 10));
  stalled.send("messages and more");
  EXPECT_EQ(stalled.receive(10), "messages a");
  begin(delay_of(1h));
  delayed.send("message");
  EXPECT_TRUE(receives(17 + 7));
  server_.begin_drain_and_stop_accepting();
  const auto begun = SteadyClock::now();
  EXPECT_EQ(server_.stop(), 2U);
  EXPECT_LT(SteadyClock::now() - begun, 3s) << "a second, and what a busy machine adds";
  for (const TestClient* client : {&delayed, &stalled}) {
    const auto rest = client->receive_rest();
    EXPECT_EQ(rest.bytes, "");
    EXPECT_EQ(rest.error_number, 0);
  }
  EXPECT_EQ(server_.closed(CloseReason::kDrainForced), 2U);
}

TEST_P(Faults, LeaveTheAgeOfAConnectionItsLimit) {
  config::Settings settings = settings_with_faults();
  settings.max_connection_age = 200ms;
  EchoServer server(settings);
  server.server().begin_fault(fault(FaultKind::kStall, 3));
  const TestClient client = server.connect();
  client.send("message");
  EXPECT_EQ(client.receive_rest().bytes, "mes");
  EXPECT_TRUE(server.closes(CloseReason::kMaxAge));
}

TEST_P(Faults, StopTheClockOfTheWriteTimeout) {
  config::Settings settings = settings_with_faults();
  settings.socket_buffer_size = std::size_t{16} * 1024;
  settings.write_timeout = 1s;
  EchoServer server(settings);
  const FaultPtr delay = server.server().begin_fault(delay_of(1100ms));
  const TestClient client(server.endpoint(), 4 * 1024);
  const std::string message = random_bytes(std::size_t{128} * 1024, 5);
  std::thread sender([&] { client.try_send(message); });
  EXPECT_TRUE(eventually([&] {  // delayed parts fill what the kernel keeps for a client that does not read
    const auto connections = server.server().connections();
    return !connections.empty() && connections[0].state == echo::ConnectionState::kSending;
  }));
  pollfd polled{.fd = client.fd(), .events = 0, .revents = 0};
  EXPECT_EQ(::poll(&polled, 1, 300), 0) << "no reset: the client has a second from the end of the delay";
  server.server().faults().end(delay->id());
  if (polled.revents == 0) {
    EXPECT_EQ(client.receive(message.size()), message);
  }
  sender.join();
}

TEST_P(Faults, StallClientsWithoutUsingTheProcessor) {
  begin(fault(FaultKind::kStall, 1));
  std::vector<TestClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(server_.connect());
    clients.back().send("message");
    EXPECT_EQ(clients.back().receive(1), "m");
  }
  const auto processor_time = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto before = processor_time();
  std::this_thread::sleep_for(200ms);
  EXPECT_LT(processor_time() - before, 40ms);
}

}  // namespace
}  // namespace threadecho::test
