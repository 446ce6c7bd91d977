#include "echo/connection_quota.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace threadecho::echo {
namespace {

using Place = ConnectionQuota::Place;

net::Endpoint client(int number, std::uint16_t port = 1) {
  return net::Endpoint::parse("10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256), port)
      .value();
}

Place take(ConnectionQuota& quota, const net::Endpoint& from) { return std::get<Place>(quota.take(from)); }

TEST(ConnectionQuota, ForgetsEachAddressWithItsLastConnection) {
  constexpr int kAddresses = 1000;
  ConnectionQuota quota(3 * kAddresses, 2);
  for (int round = 0; round < 3; ++round) {
    std::vector<Place> first;
    std::vector<Place> second;
    for (int i = 0; i < kAddresses; ++i) {
      first.push_back(take(quota, client(i, 1)));
      second.push_back(take(quota, client(i, 2)));
      EXPECT_EQ(std::get<RejectReason>(quota.take(client(i, 3))), RejectReason::kMaxPerClient);
    }
    EXPECT_EQ(quota.known_clients(), std::size_t{kAddresses});
    first.clear();
    EXPECT_EQ(quota.known_clients(), std::size_t{kAddresses}) << "each has one left";
    second.clear();
    EXPECT_EQ(quota.known_clients(), 0U);
    EXPECT_EQ(quota.open(), 0U);
  }
}

TEST(ConnectionQuota, CountsAConnectionForItsClientOnceThatIsKnown) {
  ConnectionQuota quota(3, 1);
  Place first = std::get<Place>(quota.take_for_unknown());
  Place second = std::get<Place>(quota.take_for_unknown());
  EXPECT_EQ(quota.open(), 2U);
  EXPECT_EQ(quota.known_clients(), 0U);
  EXPECT_TRUE(quota.name_client(first, client(1)));
  EXPECT_FALSE(quota.name_client(second, client(1)));
  EXPECT_EQ(std::get<RejectReason>(quota.take(client(1))), RejectReason::kMaxPerClient);
  first.give_back();
  EXPECT_TRUE(quota.name_client(second, client(1)));
  second.give_back();
  EXPECT_EQ(quota.known_clients(), 0U);
  EXPECT_EQ(quota.open(), 0U);
}

TEST(ConnectionQuota, SaysWhichLimitIsReached) {
  ConnectionQuota quota(2, 1);
  const Place first = take(quota, client(1, 1));
  EXPECT_EQ(std::get<RejectReason>(quota.take(client(1, 2))), RejectReason::kMaxPerClient);
  const Place other = take(quota, net::Endpoint::parse("::1", 1).value());
  EXPECT_EQ(std::get<RejectReason>(quota.take(client(2))), RejectReason::kMaxConnections);
  EXPECT_TRUE(quota.is_full());
}

TEST(ConnectionQuota, IsFullFromTheLimitUntilNinetyFivePercentOfIt) {
  ConnectionQuota quota(100, 0);
  std::vector<Place> places;
  for (int i = 1; i <= 100; ++i) {
    EXPECT_FALSE(quota.is_full()) << i;
    places.push_back(take(quota, client(i)));
  }
  for (; places.size() > 95; places.pop_back()) {
    EXPECT_TRUE(quota.is_full()) << places.size();
  }
  EXPECT_FALSE(quota.is_full());
}

TEST(ConnectionQuota, IsFullAtALoweredLimitUntilNinetyFivePercentOfIt) {
  ConnectionQuota quota(100, 0);
  std::vector<Place> places;
  for (int i = 1; i <= 40; ++i) {
    places.push_back(take(quota, client(i)));
  }
  quota.lower_limit(40);
  EXPECT_EQ(quota.limit(), 40U);
  EXPECT_EQ(quota.highest_limit(), 100U);
  EXPECT_TRUE(quota.is_at_limit());
  static_cast<void>(take(quota, client(41)));  // a try that fails
  for (; places.size() > 38; places.pop_back()) {
    EXPECT_TRUE(quota.is_full()) << places.size();
  }
  EXPECT_FALSE(quota.is_full());
  EXPECT_FALSE(quota.is_at_limit());
  EXPECT_EQ(quota.raise_limit(39), 40U) << "what was reached, not what is open";
}

TEST(ConnectionQuota, RaisesALoweredLimitWithEachPlaceTaken) {
  ConnectionQuota quota(3, 0);
  const Place first = take(quota, client(1));
  quota.lower_limit(1);
  const Place second = take(quota, client(2));
  EXPECT_EQ(quota.raise_limit(2), 2U);
  EXPECT_TRUE(quota.is_full());
  const Place third = take(quota, client(3));
  EXPECT_EQ(quota.raise_limit(3), 3U);
  EXPECT_EQ(std::get<RejectReason>(quota.take(client(4))), RejectReason::kMaxConnections);
}

TEST(ConnectionQuota, IsFullAtALimitOfZeroUntilItIsRestored) {
  ConnectionQuota quota(1, 0);
  quota.lower_limit(0);
  EXPECT_EQ(quota.limit(), 0U);
  static_cast<void>(take(quota, client(1)));  // a try that fails
  EXPECT_TRUE(quota.is_full());
  quota.restore_limit();
  EXPECT_EQ(quota.limit(), 1U);
  EXPECT_FALSE(quota.is_full());
}

TEST(ConnectionQuota, RemembersNoClientThatItRefusesWhenFull) {
  ConnectionQuota quota(1, 1);
  const Place only = take(quota, client(0));
  for (int i = 1; i < 100; ++i) {
    EXPECT_EQ(std::get<RejectReason>(quota.take(client(i))), RejectReason::kMaxConnections);
  }
  EXPECT_EQ(quota.known_clients(), 1U);
}

TEST(ConnectionQuota, RemembersNoClientWithoutALimitPerClient) {
  ConnectionQuota quota(10, 0);
  const Place one = take(quota, client(0));
  EXPECT_EQ(quota.known_clients(), 0U);
  EXPECT_EQ(quota.open(), 1U);
}

}  // namespace
}  // namespace threadecho::echo
