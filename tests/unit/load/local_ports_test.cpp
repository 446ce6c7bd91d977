#include "load/local_ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace threadecho::test {
namespace {

using load::LoadClose;
using load::LoadMode;
using load::LoadOptions;
using ::testing::HasSubstr;

LoadOptions churn() {
  LoadOptions options;
  options.mode = LoadMode::kChurn;
  return options;
}

const net::Endpoint far_away = *net::Endpoint::parse("192.0.2.1", 9000);

TEST(LocalPorts, AreScarceForAChurnThatClosesWithFin) {
  int reuse = 0;
  std::ifstream("/proc/sys/net/ipv4/tcp_tw_reuse") >> reuse;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
  const auto ports = load::scarce_local_ports(churn(), far_away);
  ASSERT_EQ(ports.has_value(), reuse != 1);
  if (ports) {
    EXPECT_EQ(ports->count, last - first + 1);
    EXPECT_EQ(ports->time_wait, std::chrono::seconds(60));
  }
  EXPECT_EQ(load::scarce_local_ports(churn(), *net::Endpoint::parse("::1", 9000)).has_value(), reuse == 0);
}

TEST(LocalPorts, LastWithAResetAndInOtherModes) {
  LoadOptions resets = churn();
  resets.close = LoadClose::kReset;
  EXPECT_FALSE(load::scarce_local_ports(resets, far_away));
  EXPECT_FALSE(load::scarce_local_ports(LoadOptions(), far_away));
}

TEST(LocalPorts, CountThoseOfEverySource) {
  LoadOptions two = churn();
  two.sources = {*net::Endpoint::parse("192.0.2.2", 0), *net::Endpoint::parse("192.0.2.3", 0)};
  const auto one = load::scarce_local_ports(churn(), far_away);
  if (one) {
    EXPECT_EQ(load::scarce_local_ports(two, far_away)->count, 2 * one->count);
  }
}

TEST(LocalPorts, SayHowLongTheyLast) {
  EXPECT_THAT(load::text_of({.count = 500, .time_wait = std::chrono::seconds(60)}),
              HasSubstr("enough for 8.3 connections/s; at 1,000/s they are used up after 500 ms"));
}

}  // namespace
}  // namespace threadecho::test
