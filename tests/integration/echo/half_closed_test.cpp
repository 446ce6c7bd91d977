#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using namespace std::chrono_literals;

/// A client that has closed its side and does not read the rest of its echo.
class HalfClosedClient : public OverAllModels {
 protected:
  static constexpr std::size_t kSent = 200'000;

  static TestClient half_closed(const EchoServer& server) {
    TestClient client(server.endpoint(), 4096, 0);
    client.send(random_bytes(kSent, 1));
    client.half_close();
    return client;
  }
  static bool all_half_closed(EchoServer& server, std::size_t count) {
    return eventually([&] {
      const auto connections = server.server().connections();
      return connections.size() == count && std::ranges::all_of(connections, [](const auto& connection) {
               return connection.state == echo::ConnectionState::kHalfClosed;
             });
    });
  }
};
INSTANTIATE_TEST_SUITE_P(, HalfClosedClient, all_models(), name_of_model);

TEST_P(HalfClosedClient, IsEndedByEitherLimitWhenItDoesNotReadItsTail) {
  struct Limit {
    std::chrono::milliseconds write_timeout;
    std::chrono::milliseconds max_connection_age;
    CloseReason reason;
  };
  for (const Limit& limit : {Limit{200ms, 0ms, CloseReason::kWriteTimeout}, Limit{0ms, 300ms, CloseReason::kMaxAge}}) {
    auto settings = test_settings();
    settings.write_timeout = limit.write_timeout;
    settings.max_connection_age = limit.max_connection_age;
    const EchoServer server(settings);
    const TestClient client = half_closed(server);
    EXPECT_TRUE(server.closes(limit.reason)) << name_of(limit.reason);
    EXPECT_TRUE(server.has_active(0));
  }
}

TEST_P(HalfClosedClient, CostsNoProcessorTimeWhileNothingIsAcknowledged) {
  constexpr std::size_t kClients = 50;
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(half_closed(server));
  }
  ASSERT_TRUE(all_half_closed(server, kClients));
  std::this_thread::sleep_for(200ms);  // the first looks, which are quick
  const auto before = context_switches(thread_names());
  std::this_thread::sleep_for(1s);
  const auto after = context_switches(thread_names());
  EXPECT_LE(after.voluntary - before.voluntary, kClients);
  EXPECT_LE(after.involuntary - before.involuntary, kClients);
}

TEST_P(HalfClosedClient, IsClosedWithItsLastAcknowledgement) {
  EchoServer server(test_settings());
  const TestClient client = half_closed(server);
  ASSERT_TRUE(all_half_closed(server, 1));
  std::this_thread::sleep_for(100ms);
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, random_bytes(kSent, 1));
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_TRUE(server.closes(CloseReason::kClientClosed));
}

TEST_P(HalfClosedClient, IsClosedWithItsReset) {
  EchoServer server(test_settings());
  TestClient client = half_closed(server);
  ASSERT_TRUE(all_half_closed(server, 1));
  std::this_thread::sleep_for(100ms);
  client.reset();
  EXPECT_TRUE(server.closes(CloseReason::kClientReset));
}

TEST_P(HalfClosedClient, IsEndedByTheDrainWithoutASpareDescriptorToo) {
  auto settings = test_settings();
  auto limit = echo::effective_limit(settings, 0);
  for (const std::uint64_t spare : {limit.spare_descriptors, std::uint64_t{0}}) {
    limit.spare_descriptors = spare;
    EchoServer server(settings, limit);
    const TestClient unread = half_closed(server);
    const TestClient read = half_closed(server);
    ASSERT_TRUE(all_half_closed(server, 2));
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(read.receive_rest().bytes.size(), kSent);
    EXPECT_TRUE(server.closes(CloseReason::kClientClosed));
    server.begin_drain_and_stop_accepting();
    EXPECT_EQ(server.stop(), 1U);
    EXPECT_EQ(server.closed(CloseReason::kDrainForced), 1U);
  }
}

}  // namespace
}  // namespace threadecho::test
