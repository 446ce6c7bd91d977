#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using ::testing::HasSubstr;

class Echo : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, Echo, all_models(), name_of_model);

TEST_P(Echo, ReturnsEveryByteValue) {
  const EchoServer server(test_settings());
  std::string all;
  for (int value = 0; value < 256; ++value) {
    all.push_back(static_cast<char>(value));
  }
  EXPECT_EQ(server.connect().echo(all), all);
}

TEST_P(Echo, SendsNothingOfItsOwn) {
  const EchoServer server(test_settings());
  const TestClient client = server.connect();
  client.half_close();
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error_number, 0);
}

TEST_P(Echo, ReturnsSixtyFourMebibytesSentInRandomPieces) {
  constexpr std::size_t kSize = std::size_t{64} * 1024 * 1024;
  const EchoServer server(test_settings());
  const TestClient client = server.connect();
  const std::string sent = random_bytes(kSize, 1);
  std::thread sender([&] {
    std::minstd_rand engine(2);
    std::uniform_int_distribution<std::size_t> piece(1, 200'000);
    for (std::size_t at = 0; at < kSize;) {
      const std::size_t size = std::min(piece(engine), kSize - at);
      client.send(std::string_view(sent).substr(at, size));
      at += size;
    }
    client.half_close();
  });
  const auto rest = client.receive_rest();
  sender.join();
  EXPECT_EQ(rest.error_number, 0);
  ASSERT_EQ(rest.bytes.size(), kSize);
  EXPECT_EQ(std::hash<std::string>{}(rest.bytes), std::hash<std::string>{}(sent));
  EXPECT_TRUE(rest.bytes == sent);  // not EXPECT_EQ: it would print 64 MiB
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed));
  EXPECT_EQ(server.totals().received_bytes, kSize);
  EXPECT_EQ(server.totals().echoed_bytes, kSize);
}

TEST_P(Echo, ReturnsSingleBytesOneByOne) {
  const EchoServer server(test_settings());
  const TestClient client = server.connect();
  for (const char byte : random_bytes(1000, 3)) {
    ASSERT_EQ(client.echo({&byte, 1}), std::string(1, byte));
  }
  EXPECT_TRUE(eventually([&] { return server.totals().receives == 1000; }));
}

TEST_P(Echo, ReturnsUrgentBytesInTheirPlace) {
  const EchoServer server(test_settings());
  const TestClient client = server.connect();
  for (int round = 0; round < 100; ++round) {
    client.send("before");
    ASSERT_EQ(::send(client.fd(), "!", 1, MSG_OOB), 1);
    client.send("after");
    ASSERT_EQ(client.receive(12), "before!after");
  }
}

TEST_P(Echo, SendsEverythingAfterHalfClose) {
  constexpr std::size_t kSize = 1024 * 1024;
  const EchoServer server(test_settings());
  const TestClient client(server.endpoint(), 0, 4 * kSize);
  const std::string sent = random_bytes(kSize, 4);
  std::thread sender([&] {
    client.send(sent);
    client.half_close();  // most of the megabyte is still on its way
  });
  const auto rest = client.receive_rest();
  sender.join();
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_TRUE(rest.bytes == sent);
  EXPECT_TRUE(server.closes(CloseReason::kClientClosed));
}

TEST_P(Echo, KeepsAHalfClosedConnectionUntilItsTailIsRead) {
  constexpr std::size_t kSize = 256 * 1024;
  const EchoServer server(test_settings());
  const TestClient client(server.endpoint(), 4096, 0);
  const std::string sent = random_bytes(kSize, 5);
  client.send(sent);
  client.half_close();
  ASSERT_TRUE(eventually([&] { return server.totals().echoed_bytes == kSize; }));
  // The kernel has taken it all, the client nothing yet: the connection must not be gone, nor counted as closed.
  EXPECT_EQ(server.totals().active, 1);
  EXPECT_TRUE(client.receive_rest().bytes == sent);
  EXPECT_TRUE(server.closes(CloseReason::kClientClosed));
}

TEST_P(Echo, LogsStartAndEndOfAConnectionThatSends) {
  EchoServer server(test_settings());
  TestClient client = server.connect();
  EXPECT_EQ(client.echo("hello"), "hello");
  const std::string peer = client.local().to_string();
  client.close();
  ASSERT_TRUE(server.log().wait_for("connection closed"));
  EXPECT_THAT(server.log().text(), HasSubstr("connection opened"));
  EXPECT_THAT(server.log().text(), HasSubstr("peer=" + peer));
  EXPECT_THAT(server.log().text(), HasSubstr("reason=client_closed"));
  EXPECT_THAT(server.log().text(), HasSubstr("received_bytes=5"));
}

TEST_P(Echo, LeavesNothingBehindAfterAThousandResetsInTheMiddle) {
  EchoServer server(test_settings());
  const std::size_t descriptors = count_descriptors();  // first: a connection is counted as closed before it is
  EXPECT_EQ(server.connect().echo("warm up"), "warm up");
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed));
  for (int i = 0; i < 1000; ++i) {
    TestClient client = server.connect();
    client.send(random_bytes(2000, 6));
    static_cast<void>(client.receive(1));
    client.reset();
  }
  ASSERT_TRUE(server.closes(CloseReason::kClientReset, 1000));
  EXPECT_EQ(server.totals().active, 0);
  EXPECT_TRUE(eventually([] { return count_threads("echo-") == 0; }));
  EXPECT_TRUE(eventually([&] { return count_descriptors() == descriptors; })) << count_descriptors();
}

TEST_P(Echo, ServesAThousandClientsAtOnce) {
  constexpr std::size_t kClients = 1000;
  auto settings = test_settings();
  settings.pool_threads = is_pool() ? 2 : kClients;
  const EchoServer server(settings);
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(server.connect());
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    clients[i].send("client " + std::to_string(i));
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    const std::string expected = "client " + std::to_string(i);
    ASSERT_EQ(clients[i].receive(expected.size()), expected);
  }
  EXPECT_EQ(server.totals().active, kClients);
  EXPECT_EQ(server.totals().active_threads, is_pool() ? 2 : kClients);
  EXPECT_EQ(count_threads(thread_names()), is_pool() ? 2 : kClients);
  EXPECT_EQ(count_threads("echo-") + count_threads("pool-"), is_pool() ? 2 : kClients);
  clients.clear();
  EXPECT_TRUE(server.has_active(0));
  EXPECT_TRUE(eventually([&] { return server.totals().active_threads == 0; }));
  EXPECT_TRUE(eventually([] { return count_threads("echo-") == 0; }));
  EXPECT_EQ(server.totals().accepted, kClients);
  EXPECT_EQ(server.closed(CloseReason::kClientClosed), kClients);
}

TEST_P(Echo, IsNotHeldUpByAClientThatNeverReads) {
  const EchoServer server(test_settings());
  const TestClient greedy(server.endpoint(), 4096, 4096);
  net::Fd writer(::dup(greedy.fd()));
  std::thread sender([&] { static_cast<void>(greedy.try_send(random_bytes(std::size_t{32} * 1024 * 1024, 7))); });
  // It stops being read once the kernel's buffers are full: what was received stands still.
  std::uint64_t before = 0;
  EXPECT_TRUE(eventually([&] {
    const std::uint64_t now = server.totals().received_bytes;
    const bool stands = now > 0 && now == before;
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return stands;
  }));
  EXPECT_EQ(server.connect().echo("still here"), "still here");
  ::shutdown(greedy.fd(), SHUT_RDWR);
  sender.join();
}

TEST_P(Echo, ServesIpv4AndIpv6AndShowsAMappedPeerAsIpv4) {
  if (!has_ipv6_loopback()) {
    GTEST_SKIP() << "this host has no ::1";
  }
  EchoServer server(test_settings());
  EXPECT_EQ(TestClient(server.endpoint("127.0.0.1")).echo("four"), "four");
  EXPECT_EQ(TestClient(server.endpoint("::1")).echo("six"), "six");
  EXPECT_EQ(TestClient(server.endpoint("::ffff:127.0.0.1")).echo("mapped"), "mapped");
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed, 3));
  EXPECT_THAT(server.log().text(), HasSubstr("peer=127.0.0.1:"));
  EXPECT_THAT(server.log().text(), HasSubstr("peer=[::1]:"));
  EXPECT_EQ(server.log().text().find("::ffff:"), std::string::npos);
}

}  // namespace
}  // namespace threadecho::test
