#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace threadecho::net {
namespace {

Endpoint endpoint(const char* address, std::uint16_t port) { return Endpoint::parse(address, port).value(); }

TEST(Endpoint, IsShownAsUsersWriteIt) {
  EXPECT_EQ(endpoint("127.0.0.1", 80).to_string(), "127.0.0.1:80");
  EXPECT_EQ(endpoint("2001:db8::1", 65535).to_string(), "[2001:db8::1]:65535");
  EXPECT_EQ(endpoint("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535).to_string(),
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
  EXPECT_EQ(Endpoint().to_string(), "unknown");
}

TEST(Endpoint, TreatsAMappedAddressAsIpv4) {
  EXPECT_EQ(endpoint("::ffff:192.0.2.1", 80).to_string(), "192.0.2.1:80");
  EXPECT_EQ(endpoint("::ffff:192.0.2.1", 80).address_key(), endpoint("192.0.2.1", 81).address_key());
  EXPECT_NE(endpoint("192.0.2.1", 80).address_key(), endpoint("192.0.2.2", 80).address_key());
}

TEST(Endpoint, IsMadeOfNumbersAlone) {
  EXPECT_FALSE(Endpoint::parse("localhost", 80).has_value());
  EXPECT_FALSE(Endpoint::parse("", 80).has_value());
  EXPECT_FALSE(Endpoint::parse("127.0.0.1:80", 80).has_value());
}

}  // namespace
}  // namespace threadecho::net
