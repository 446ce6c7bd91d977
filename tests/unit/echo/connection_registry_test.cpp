#include "echo/connection_registry.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "support/eventually.h"

namespace threadecho::echo {
namespace {

using Owned = std::unique_ptr<Connection>;

Owned add(ConnectionRegistry& registry, std::uint64_t id, ConnectionQuota::Place place = {}) {
  auto connection = std::make_unique<Connection>(id, net::Fd(), net::Endpoint(), Clock::now(), std::move(place));
  registry.add(*connection);
  return connection;
}

Owned add_served(ConnectionRegistry& registry, std::uint64_t id, ConnectionQuota::Place place = {}) {
  Owned added = add(registry, id, std::move(place));
  added->counters.thread_start_ns.set(1000);
  return added;
}

/// What the end of a connection does, in the order of close_connection.
void close(ConnectionRegistry& registry, Owned connection, CloseReason reason) { registry.remove(*connection, reason); }

TEST(ConnectionRegistry, DoesNotCountAConnectionBeforeItIsServed) {
  ConnectionRegistry registry;
  Owned waiting = add(registry, 1);
  EXPECT_EQ(registry.snapshots(0).size(), 1U);
  EXPECT_EQ(registry.totals().accepted, 0U);
  waiting.reset();
  EXPECT_EQ(registry.totals().accepted, 0U);
  EXPECT_EQ(registry.snapshots(0).size(), 0U);
}

TEST(ConnectionRegistry, CountsAConnectionInAQueueAsOpenAndWaitingUntilItIsServed) {
  ConnectionRegistry registry;
  Owned connection = add(registry, 1);
  connection->set_queued();
  EXPECT_EQ(registry.totals().accepted, 1U);
  EXPECT_EQ(registry.totals().active, 1U);
  EXPECT_EQ(registry.totals().waiting, 1U);
  EXPECT_EQ(registry.snapshots(0).front().state, ConnectionState::kWaiting);
  connection->counters.thread_start_ns.set(1000);
  EXPECT_EQ(registry.totals().accepted, 1U);
  EXPECT_EQ(registry.totals().active, 1U);
  EXPECT_EQ(registry.totals().waiting, 0U);
  EXPECT_EQ(registry.snapshots(0).front().state, ConnectionState::kReceiving);
  close(registry, std::move(connection), CloseReason::kClientClosed);
}

TEST(ConnectionRegistry, CountsAConnectionThatEndsInAQueueAsOpenButNotAsWaiting) {
  ConnectionRegistry registry;
  Owned connection = add(registry, 1);
  connection->set_queued();
  connection->end(CloseReason::kMaxAge);
  EXPECT_EQ(registry.totals().active, 1U);
  EXPECT_EQ(registry.totals().waiting, 0U);
  EXPECT_EQ(registry.totals().served, 0U);
  EXPECT_EQ(registry.snapshots(0).front().state, ConnectionState::kEnding);
  close(registry, std::move(connection), CloseReason::kMaxAge);
}

TEST(ConnectionRegistry, CountsNoThreadStartOfAConnectionThatHasEndedInAQueue) {
  ConnectionRegistry registry;
  Owned connection = add(registry, 1);
  connection->set_queued();
  close(registry, std::move(connection), CloseReason::kClientClosed);
  const Totals totals = registry.totals();
  EXPECT_EQ(totals.accepted, 1U);
  EXPECT_EQ(totals.closed[index_of(CloseReason::kClientClosed)], 1U);
  EXPECT_EQ(totals.connection_duration.count(), 1U);
  EXPECT_EQ(totals.thread_start.count(), 0U);
}

TEST(ConnectionRegistry, ForgetsAConnectionWhoseSocketIsRefused) {
  ConnectionRegistry registry;
  ConnectionQuota quota(1, 0);
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  auto connection = std::make_unique<Connection>(1, net::Fd(fd), net::Endpoint(), Clock::now(),
                                                 std::get<ConnectionQuota::Place>(quota.take(net::Endpoint())));
  registry.add(*connection);
  const net::Fd client = Connection::dissolve(std::move(connection));
  EXPECT_EQ(client.get(), fd);
  EXPECT_EQ(registry.snapshots(0).size(), 0U);
  EXPECT_EQ(quota.open(), 0U);
}

TEST(ConnectionRegistry, KeepsTheCountersOfWhatHasEnded) {
  ConnectionRegistry registry;
  Owned first = add_served(registry, 1);
  Owned second = add_served(registry, 2);
  for (Connection* each : {first.get(), second.get()}) {
    each->counters.received_bytes.add(7);
  }
  close(registry, std::move(first), CloseReason::kIdleTimeout);
  const Totals totals = registry.totals();
  EXPECT_EQ(totals.received_bytes, 14U);
  EXPECT_EQ(totals.accepted, 2U);
  EXPECT_EQ(totals.active, 1U);
  EXPECT_EQ(totals.closed[index_of(CloseReason::kIdleTimeout)], 1U);
  close(registry, std::move(second), CloseReason::kClientClosed);
}

TEST(ConnectionRegistry, IsLeftBeforeThePlaceIsGivenBackAndTheDescriptorCloses) {
  ConnectionRegistry registry;
  ConnectionQuota quota(1, 1);
  Owned first = add_served(registry, 1, std::get<ConnectionQuota::Place>(quota.take(net::Endpoint())));
  registry.remove(*first, CloseReason::kClientClosed);
  EXPECT_EQ(registry.snapshots(0).size(), 0U);
  EXPECT_EQ(quota.open(), 1U);
  first.reset();
  EXPECT_EQ(quota.open(), 0U);
}

TEST(ConnectionRegistry, SumsAndShowsAndEndsAllConnectionsWhereverTheyAreKept) {
  constexpr std::uint64_t kConnections = 1000;
  ConnectionRegistry registry;
  std::vector<Owned> connections;
  for (std::uint64_t id = 1; id <= kConnections; ++id) {
    connections.push_back(add_served(registry, id));
    connections.back()->counters.echoed_bytes.add(id);
    connections.back()->counters.echo_duration.observe(std::chrono::microseconds(id));
  }
  for (std::size_t i = 0; i < kConnections; i += 3) {
    close(registry, std::move(connections[i]), CloseReason::kMaxAge);
  }
  const Totals totals = registry.totals();
  EXPECT_EQ(totals.echoed_bytes, kConnections * (kConnections + 1) / 2);
  EXPECT_EQ(totals.echo_duration.count(), kConnections);
  EXPECT_EQ(totals.echo_duration.sum, std::chrono::microseconds(totals.echoed_bytes));
  EXPECT_EQ(totals.accepted, kConnections);
  EXPECT_EQ(totals.closed[index_of(CloseReason::kMaxAge)], 334U);
  EXPECT_EQ(totals.connection_duration.count(), 334U);
  EXPECT_EQ(totals.active, 666U);
  EXPECT_EQ(registry.snapshots(0).size(), 666U);
  EXPECT_EQ(registry.end_all(CloseReason::kDrainForced), 666U);
  EXPECT_EQ(registry.end_all(CloseReason::kDrainForced), 0U);
}

TEST(ConnectionRegistry, IsEmptyOnlyWhenAllThatEndedIsInTheTotals) {
  constexpr std::uint64_t kConnections = 200;
  ConnectionRegistry registry;
  ConnectionQuota quota(kConnections, 0);
  for (int round = 0; round < 50; ++round) {
    std::vector<Owned> connections;
    for (std::uint64_t id = 1; id <= kConnections; ++id) {
      connections.push_back(add_served(registry, id, std::get<ConnectionQuota::Place>(quota.take(net::Endpoint()))));
    }
    std::thread closer([&] {
      for (Owned& each : connections) {
        each->counters.received_bytes.add(1);
        close(registry, std::move(each), CloseReason::kClientClosed);
      }
    });
    const std::uint64_t before = static_cast<std::uint64_t>(round) * kConnections;
    EXPECT_TRUE(quota.wait_until_empty(Clock::now() + std::chrono::seconds(30)));
    EXPECT_EQ(registry.totals().received_bytes, before + kConnections);
    closer.join();
  }
}

std::atomic<bool> is_stopped{false};
std::atomic<bool> may_go_on{false};

/// A signal handler: stops its thread at any point, until `may_go_on`.
void stop_here(int /*signal*/) {
  is_stopped = true;
  while (!may_go_on) {
    ::poll(nullptr, 0, 1);
  }
}

TEST(ConnectionRegistry, LetsConnectionsComeAndGoWhileAScrapeIsStoppedInTheMiddle) {
  constexpr std::uint64_t kIdle = 20'000;
  constexpr std::uint64_t kNew = 64;
  ConnectionRegistry registry;
  std::vector<Owned> idle;
  for (std::uint64_t id = 1; id <= kIdle; ++id) {
    idle.push_back(add_served(registry, id));
  }
  std::atomic<std::uint64_t> readings{0};
  std::atomic<bool> done{false};
  std::thread scrape([&] {
    for (; !done; ++readings) {
      EXPECT_GE(registry.totals().active, kIdle);
    }
  });
  ASSERT_TRUE(test::eventually([&] { return readings > 0; }));
  struct sigaction action {};
  action.sa_handler = &stop_here;
  ::sigaction(SIGUSR1, &action, nullptr);
  ::pthread_kill(scrape.native_handle(), SIGUSR1);
  ASSERT_TRUE(test::eventually([&] { return is_stopped.load(); }));

  std::atomic<std::uint64_t> gone{0};
  std::vector<std::thread> clients;
  for (std::uint64_t id = kIdle + 1; id <= kIdle + kNew; ++id) {
    clients.emplace_back([&registry, &gone, id] {
      close(registry, add_served(registry, id), CloseReason::kClientClosed);
      ++gone;
    });
  }
  EXPECT_TRUE(test::eventually([&] { return gone > kNew / 2; })) << gone;
  done = true;
  may_go_on = true;
  scrape.join();
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(registry.totals().accepted, kIdle + kNew);
}

}  // namespace
}  // namespace threadecho::echo
