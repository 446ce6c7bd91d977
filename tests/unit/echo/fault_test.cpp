#include "echo/fault.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;

const net::Endpoint somewhere = net::Endpoint::parse("10.1.2.3", 4711).value();

FaultSpec reset_of(double share) { return {.kind = FaultKind::kReset, .duration = 1min, .share = share}; }

std::uint64_t hits(const FaultSpec& spec, std::uint64_t first, std::uint64_t last) {
  const Fault fault(1, spec, Clock::now(), 0);
  std::uint64_t count = 0;
  for (std::uint64_t id = first; id <= last; ++id) {
    count += fault.is_for(id, somewhere) ? 1U : 0U;
  }
  return count;
}

TEST(FaultShare, IsThatOfAnyRunOfConnections) {
  EXPECT_EQ(hits(reset_of(1), 1, 1000), 1000U);
  for (const std::uint64_t first : {1U, 77U, 1'000'000U}) {
    for (const double share : {0.01, 0.1, 0.5, 0.9}) {
      EXPECT_NEAR(static_cast<double>(hits(reset_of(share), first, first + 999)), share * 1000, 5) << share;
    }
  }
}

TEST(FaultShare, IsTheSameConnectionsAgain) {
  const Fault one(1, reset_of(0.3), Clock::now(), 0);
  const Fault other(2, reset_of(0.3), Clock::now() + 1h, 0);
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    EXPECT_EQ(one.is_for(id, somewhere), other.is_for(id, somewhere)) << id;
  }
}

TEST(FaultClients, AreThoseOfTheNetworks) {
  FaultSpec spec = reset_of(1);
  spec.clients = {net::Network::parse("10.0.0.0/8").value(), net::Network::parse("2001:db8::/32").value()};
  const Fault fault(1, spec, Clock::now(), 0);
  EXPECT_TRUE(fault.is_for(1, somewhere));
  EXPECT_TRUE(fault.is_for(1, net::Endpoint::parse("::ffff:10.1.2.3", 1).value()));
  EXPECT_TRUE(fault.is_for(1, net::Endpoint::parse("2001:db8::1", 1).value()));
  EXPECT_FALSE(fault.is_for(1, net::Endpoint::parse("192.0.2.1", 1).value()));
  EXPECT_FALSE(fault.is_for(1, net::Endpoint::parse("::1", 1).value()));
}

TEST(FaultScope, OfNewConnectionsLeavesOutThoseBeforeIt) {
  FaultSpec spec = reset_of(1);
  spec.only_new = true;
  const Fault fault(1, spec, Clock::now(), 10);
  EXPECT_FALSE(fault.is_for(10, somewhere));
  EXPECT_TRUE(fault.is_for(11, somewhere));
}

TEST(FaultSpec, IsShownByWhatIsNotAsUsual) {
  EXPECT_EQ(FaultSpec{.kind = FaultKind::kUnready}.to_text(), "");
  const FaultSpec spec{.kind = FaultKind::kDelay,
                       .delay = 200ms,
                       .jitter = 50ms,
                       .duration = 1min,
                       .share = 0.1,
                       .clients = {net::Network::parse("10.0.0.0/8").value(), net::Network::parse("::1").value()},
                       .only_new = true};
  EXPECT_EQ(spec.to_text(), "delay=200ms jitter=50ms share=0.1 clients=10.0.0.0/8,::1/128 scope=new");
}

}  // namespace
}  // namespace threadecho::echo
