#include "net/endpoint.h"

#include <gtest/gtest.h>

#include "client/connector.h"
#include "client/target.h"

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

// RFC 4007: the address alone does not say which link, so that nothing could connect to it.
TEST(Endpoint, ShowsTheZoneOfALinkLocalAddressAndReadsItBack) {
  const Endpoint named = endpoint("fe80::1%lo", 9000);
  EXPECT_EQ(named.to_string(), "[fe80::1%lo]:9000");
  EXPECT_EQ(named.host(), "fe80::1%lo");
  EXPECT_EQ(endpoint(named.host().c_str(), 9000).address_key(), named.address_key());
  const auto target = client::parse_target(named.to_string());
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target.value().to_string(), named.to_string());
  EXPECT_EQ(client::resolve(target.value()).endpoints.at(0).to_string(), named.to_string());
}

TEST(Endpoint, ShowsTheZoneOfAnInterfaceWithoutANameAsANumber) {
  const Endpoint longest = endpoint("fe80:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295", 65535);
  EXPECT_EQ(longest.to_string(), "[fe80:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
  EXPECT_EQ(endpoint(longest.host().c_str(), 65535).to_string(), longest.to_string());
}

TEST(Endpoint, TellsTheSameLinkLocalAddressOnTwoLinksApart) {
  EXPECT_EQ(endpoint("fe80::1%4000000", 80).address_key(), endpoint("fe80::1%4000000", 81).address_key());
  EXPECT_NE(endpoint("fe80::1%4000000", 80).address_key(), endpoint("fe80::1%4000001", 80).address_key());
  EXPECT_EQ(endpoint("2001:db8::1%4000000", 80).address_key(), endpoint("2001:db8::1", 80).address_key());
  EXPECT_EQ(endpoint("2001:db8::1%4000000", 80).to_string(), "[2001:db8::1]:80");
}

TEST(Endpoint, IsMadeOfNumbersAlone) {
  EXPECT_FALSE(Endpoint::parse("localhost", 80).has_value());
  EXPECT_FALSE(Endpoint::parse("", 80).has_value());
  EXPECT_FALSE(Endpoint::parse("127.0.0.1:80", 80).has_value());
}

}  // namespace
}  // namespace threadecho::net
