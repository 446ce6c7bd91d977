#include "net/bind_address.h"

#include <gtest/gtest.h>

#include <string>

namespace threadecho::net {
namespace {

TEST(BindAddress, OverlapsWhereOneServesTheOther) {
  const auto overlaps = [](const std::string& a, const std::string& b) {
    const bool result = overlap(*parse_bind_address(a), *parse_bind_address(b));
    EXPECT_EQ(result, overlap(*parse_bind_address(b), *parse_bind_address(a)));
    return result;
  };
  EXPECT_TRUE(overlaps("::", "127.0.0.1"));
  EXPECT_TRUE(overlaps("::", "::1"));
  EXPECT_TRUE(overlaps("0.0.0.0", "127.0.0.1"));
  EXPECT_TRUE(overlaps("0.0.0.0", "::"));
  EXPECT_TRUE(overlaps("::ffff:127.0.0.1", "127.0.0.1"));
  EXPECT_TRUE(overlaps("::1", "0::1"));
  EXPECT_FALSE(overlaps("0.0.0.0", "::1"));
  EXPECT_FALSE(overlaps("127.0.0.1", "127.0.0.2"));
  EXPECT_FALSE(overlaps("fe80::1%eth0", "fe80::1%eth1"));
}

TEST(BindAddress, IsNumericAndHasAZoneOnlyInIpv6) {
  for (const char* const text : {"0.0.0.0", "::", "::ffff:10.0.0.1", "fe80::1%eth0", "fe80::1%7"}) {
    EXPECT_TRUE(parse_bind_address(text)) << text;
  }
  using namespace std::string_literals;
  for (const std::string& text : {""s, "localhost"s, "127.1"s, "0x7f.0.0.1"s, "10.0.0.1%eth0"s, "fe80::1%"s, "[::1]"s,
                                  "::1\0"s, "10.0.0.1\0x"s, "fe80::1%eth0\0x"s}) {
    EXPECT_FALSE(parse_bind_address(text)) << text;
  }
}

}  // namespace
}  // namespace threadecho::net
