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
