#include "net/network.h"

#include <gtest/gtest.h>

namespace threadecho::net {
namespace {

bool contains(const char* network, const char* address) {
  return Network::parse(network).value().contains(Endpoint::parse(address, 1).value());
}

TEST(Network, ContainsTheAddressesThatShareItsFirstBits) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(contains("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(contains("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(contains("fe80::/10", "fe80::1%lo"));
}

TEST(Network, KeepsTheAddressFamiliesApart) {
  EXPECT_TRUE(contains("0.0.0.0/0", "::ffff:192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_TRUE(contains("::/0", "::1"));
  EXPECT_FALSE(contains("::/0", "192.0.2.1"));
  EXPECT_FALSE(Network::parse("::/0").value().contains(Endpoint()));
}

TEST(Network, IsShownAsItIsRead) {
  for (const char* const text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "2001:db8::/32", "::/0", "::1/128"}) {
    ASSERT_TRUE(Network::parse(text).ok()) << text;
    EXPECT_EQ(Network::parse(text).value().to_string(), text);
  }
  EXPECT_EQ(Network::parse("192.0.2.1").value().to_string(), "192.0.2.1/32");
}

TEST(Network, IsNothingElse) {
  for (const char* const text : {"", "any", "10.0.0.1/8", "2001:db8::1/32", "10.0.0.0/33", "::/129", "10.0.0.0/",
                                 "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "10/8", "1", "010.0.0.0/8", "0x0a.0.0.0",
                                 "localhost", "[::1]", "fe80::1%lo", "::ffff:10.0.0.0/104", "10.0.0.0:80"}) {
    EXPECT_FALSE(Network::parse(text).ok()) << text;
  }
}

TEST(Network, SaysWhatWasMeant) {
  EXPECT_EQ(Network::parse("10.0.0.1/8").reason(), "has host bits set; did you mean 10.0.0.0/8?");
  EXPECT_EQ(Network::parse("192.0.2.255/25").reason(), "has host bits set; did you mean 192.0.2.128/25?");
  EXPECT_EQ(Network::parse("2001:db8::1/32").reason(), "has host bits set; did you mean 2001:db8::/32?");
  EXPECT_EQ(Network::parse("::ffff:127.0.0.1").reason(), "is IPv4 written as IPv6; write it as IPv4");
  EXPECT_EQ(Network::parse("10/8").reason(), "is not a network in CIDR notation");
}

}  // namespace
}  // namespace threadecho::net
