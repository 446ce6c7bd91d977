#include "echo/connection_table.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.h"

namespace threadecho::echo {
namespace {

std::unique_ptr<Connection> connection(std::uint64_t id, const std::string& address = "127.0.0.1") {
  return std::make_unique<Connection>(id, net::Fd(), net::Endpoint::parse(address, 1).value(), Clock::now());
}

Connection& add(ConnectionTable& table, std::uint64_t id) {
  auto owned = connection(id);
  Connection& borrowed = *owned;
  EXPECT_FALSE(table.try_add(owned).has_value());
  return borrowed;
}

Connection& add_served(ConnectionTable& table, std::uint64_t id) {
  Connection& added = add(table, id);
  added.counters.thread_start_ns.set(1000);
  return added;
}

TEST(ConnectionTable, DoesNotCountAConnectionBeforeItIsServed) {
  ConnectionTable table(10, 0);
  Connection& waiting = add(table, 1);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.totals().accepted, 0U);
  EXPECT_NE(table.withdraw(waiting), nullptr);
  EXPECT_EQ(table.totals().accepted, 0U);
  EXPECT_EQ(table.size(), 0U);
}

TEST(ConnectionTable, KeepsTheCountersOfWhatHasEnded) {
  ConnectionTable table(10, 0);
  Connection& first = add_served(table, 1);
  Connection& second = add_served(table, 2);
  for (Connection* each : {&first, &second}) {
    each->counters.received_bytes.add(7);
  }
  static_cast<void>(table.remove(first, CloseReason::kIdleTimeout));
  const Totals totals = table.totals();
  EXPECT_EQ(totals.received_bytes, 14U);
  EXPECT_EQ(totals.accepted, 2U);
  EXPECT_EQ(totals.active, 1U);
  EXPECT_EQ(totals.closed[index_of(CloseReason::kIdleTimeout)], 1U);
  static_cast<void>(table.remove(second, CloseReason::kClientClosed));
}

TEST(ConnectionTable, LeavesAConnectionThatHasNoRoomWhereItIs) {
  ConnectionTable table(2, 1);
  auto first = connection(1);
  auto same = connection(2);
  auto other = connection(3, "::1");
  auto third = connection(4, "127.0.0.2");
  EXPECT_FALSE(table.try_add(first).has_value());
  EXPECT_EQ(table.try_add(same), RejectReason::kMaxPerClient);
  EXPECT_NE(same, nullptr);
  EXPECT_FALSE(table.try_add(other).has_value());
  EXPECT_EQ(table.try_add(third), RejectReason::kMaxConnections);
  EXPECT_NE(third, nullptr);
  EXPECT_TRUE(table.full());
}

TEST(ConnectionTable, HasRoomAgainBeforeTheDescriptorCloses) {
  ConnectionTable table(1, 1);
  Connection& first = add(table, 1);
  const auto still_open = table.remove(first, CloseReason::kClientClosed);
  EXPECT_EQ(table.size(), 0U);
  add(table, 2);
}

TEST(ConnectionTable, IsFullFromTheLimitUntilNinetyFivePercentOfIt) {
  ConnectionTable table(100, 0);
  std::vector<Connection*> connections;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    EXPECT_FALSE(table.full()) << id;
    connections.push_back(&add(table, id));
  }
  for (; connections.size() > 95; connections.pop_back()) {
    EXPECT_TRUE(table.full()) << connections.size();
    table.withdraw(*connections.back());
  }
  EXPECT_FALSE(table.full());
}

TEST(ConnectionTable, SumsAndShowsAndEndsAllConnectionsWhereverTheyAreKept) {
  constexpr std::uint64_t kConnections = 1000;
  ConnectionTable table(kConnections, 0);
  std::vector<Connection*> connections;
  for (std::uint64_t id = 1; id <= kConnections; ++id) {
    connections.push_back(&add_served(table, id));
    connections.back()->counters.echoed_bytes.add(id);
    connections.back()->counters.echo_duration.observe(std::chrono::microseconds(id));
  }
  for (std::size_t i = 0; i < kConnections; i += 3) {
    table.remove(*connections[i], CloseReason::kMaxAge);
  }
  const Totals totals = table.totals();
  EXPECT_EQ(totals.echoed_bytes, kConnections * (kConnections + 1) / 2);
  EXPECT_EQ(totals.echo_duration.count(), kConnections);
  EXPECT_EQ(totals.echo_duration.sum, std::chrono::microseconds(totals.echoed_bytes));
  EXPECT_EQ(totals.accepted, kConnections);
  EXPECT_EQ(totals.closed[index_of(CloseReason::kMaxAge)], 334U);
  EXPECT_EQ(totals.connection_duration.count(), 334U);
  EXPECT_EQ(totals.active, 666U);
  EXPECT_EQ(table.connections().size(), 666U);
  EXPECT_EQ(table.end_all(CloseReason::kDrainForced), 666U);
  EXPECT_EQ(table.end_all(CloseReason::kDrainForced), 0U);
}

TEST(ConnectionTable, IsEmptyOnlyWhenAllThatEndedIsInTheTotals) {
  constexpr std::uint64_t kConnections = 200;
  ConnectionTable table(kConnections, 0);
  for (int round = 0; round < 50; ++round) {
    std::vector<Connection*> connections;
    for (std::uint64_t id = 1; id <= kConnections; ++id) {
      connections.push_back(&add_served(table, id));
    }
    std::thread closer([&] {
      for (Connection* each : connections) {
        each->counters.received_bytes.add(1);
        table.remove(*each, CloseReason::kClientClosed);
      }
    });
    const std::uint64_t before = static_cast<std::uint64_t>(round) * kConnections;
    EXPECT_TRUE(table.wait_until_empty(Clock::now() + std::chrono::seconds(30)));
    EXPECT_EQ(table.totals().received_bytes, before + kConnections);
    closer.join();
  }
}

std::atomic<bool> is_stopped{false};
std::atomic<bool> may_go_on{false};

/// For a signal: stops the thread that gets it wherever it is, until `may_go_on`.
void stop_here(int /*signal*/) {
  is_stopped = true;
  while (!may_go_on) {
    ::poll(nullptr, 0, 1);
  }
}

TEST(ConnectionTable, LetsConnectionsComeAndGoWhileAScrapeIsStoppedInTheMiddle) {
  constexpr std::uint64_t kIdle = 20'000;
  constexpr std::uint64_t kNew = 64;
  ConnectionTable table(kIdle + kNew, 0);
  for (std::uint64_t id = 1; id <= kIdle; ++id) {
    add_served(table, id);
  }
  std::atomic<std::uint64_t> readings{0};
  std::atomic<bool> done{false};
  std::thread scrape([&] {
    for (; !done; ++readings) {
      EXPECT_GE(table.totals().active, kIdle);
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
    clients.emplace_back([&table, &gone, id] {
      table.remove(add_served(table, id), CloseReason::kClientClosed);
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
  EXPECT_EQ(table.totals().accepted, kIdle + kNew);
}

}  // namespace
}  // namespace threadecho::echo
