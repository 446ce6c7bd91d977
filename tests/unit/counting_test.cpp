#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>

#include "echo/connection_table.h"
#include "echo/histogram.h"
#include "echo/stall_watch.h"

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

constexpr Bounds<3> kBounds = {10us, 100us, 1ms};

TEST(Histogram, PutsAValueIntoTheFirstBucketThatHoldsIt) {
  EXPECT_EQ(bucket_of(kBounds, 0ns), 0U);
  EXPECT_EQ(bucket_of(kBounds, 10us), 0U) << "a bound belongs to its bucket: le";
  EXPECT_EQ(bucket_of(kBounds, 10'001ns), 1U);
  EXPECT_EQ(bucket_of(kBounds, 1ms), 2U);
  EXPECT_EQ(bucket_of(kBounds, 1h), 3U);
}

TEST(Histogram, OfOneWriterAddsUpToTheSameTotals) {
  OwnedHistogram<3> owned;
  HistogramTotals<3> expected;
  HistogramTotals<3> totals;
  for (const nanoseconds value : {nanoseconds(5us), nanoseconds(50us), nanoseconds(60us), nanoseconds(2s)}) {
    owned.observe(kBounds, value);
    expected.observe(kBounds, value);
  }
  owned.add_to(totals);
  owned.add_to(totals);
  EXPECT_EQ(totals.sum, 2 * expected.sum);
  EXPECT_EQ(totals.buckets, (std::array<std::uint64_t, 4>{2, 4, 0, 2}));
}

TEST(StallWatch, CountsFromTheLastAcknowledgement) {
  StallWatch watch(100ms);
  const auto start = Clock::now();
  EXPECT_TRUE(watch.is_progress(10)) << "the stall begins";
  watch.note_progress(10, start);
  EXPECT_FALSE(watch.is_progress(10));
  EXPECT_FALSE(watch.stalled(start + 99ms));
  EXPECT_TRUE(watch.is_progress(11));
  watch.note_progress(11, start + 30ms);
  EXPECT_EQ(watch.deadline(), start + 130ms);
  EXPECT_FALSE(watch.stalled(start + 129ms));
  EXPECT_TRUE(watch.stalled(start + 130ms));
}

TEST(StallWatch, StartsAgainAfterEverythingWasSent) {
  StallWatch watch(100ms);
  const auto start = Clock::now();
  watch.note_progress(10, start);
  watch.reset();
  EXPECT_FALSE(watch.stalled(start + 1h));
  EXPECT_TRUE(watch.is_progress(10));
}

TEST(StallWatch, NeverStallsWithoutATimeout) {
  StallWatch watch(0ms);
  const auto start = Clock::now();
  watch.note_progress(1, start);
  EXPECT_FALSE(watch.stalled(start + 24h));
  EXPECT_EQ(watch.deadline(), Clock::time_point::max());
}

std::unique_ptr<Connection> connection(std::uint64_t id, const char* address = "127.0.0.1") {
  return std::make_unique<Connection>(id, net::Fd(), net::Endpoint::parse(address, 1).value(), Clock::now());
}

Connection& add(ConnectionTable& table, std::uint64_t id) {
  auto owned = connection(id);
  Connection& borrowed = *owned;
  EXPECT_FALSE(table.try_add(owned).has_value());
  return borrowed;
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
  Connection& first = add(table, 1);
  Connection& second = add(table, 2);
  for (Connection* each : {&first, &second}) {
    each->counters.thread_start_ns.set(1000);
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

TEST(Connection, KeepsTheFirstReasonToEnd) {
  const auto ending = connection(1);
  EXPECT_FALSE(ending->ending().has_value());
  EXPECT_TRUE(ending->end(CloseReason::kMaxAge));
  EXPECT_FALSE(ending->end(CloseReason::kDrainForced));
  EXPECT_EQ(ending->ending(), CloseReason::kMaxAge);
}

}  // namespace
}  // namespace threadecho::echo
