#include "http/allowed_hosts.h"

#include <gtest/gtest.h>

#include "http/request_target.h"

namespace threadecho::http {
namespace {

TEST(AllowedHosts, AreAnyWithoutNames) {
  const AllowedHosts any({});
  for (const char* authority : {"", "localhost", "evil.example:8080", "127.0.0.1", ":80"}) {
    EXPECT_TRUE(any.is_allowed(authority)) << authority;
  }
}

TEST(AllowedHosts, AreThoseOfTheListWithAnyPortAndInAnyCase) {
  const AllowedHosts hosts({"status.example.com", "threadecho"});
  for (const char* authority : {"status.example.com", "status.example.com:8080", "status.example.com:",
                                "STATUS.example.COM:1", "threadecho", "threadecho.", "Threadecho.:8080"}) {
    EXPECT_TRUE(hosts.is_allowed(authority)) << authority;
  }
  for (const char* authority :
       {"evil.example", "evil.example:8080", "example.com", "a.status.example.com", "status.example.com.evil.example",
        "threadech", "threadecho2", "threadecho..", "status%2eexample.com", ":8080", "."}) {
    EXPECT_FALSE(hosts.is_allowed(authority)) << authority;
  }
}

TEST(AllowedHosts, AlwaysHaveLocalhostAndIpAddressesAmongThem) {
  const AllowedHosts hosts({"threadecho"});
  for (const char* authority :
       {"localhost", "LocalHost:8080", "localhost.", "127.0.0.1", "10.1.2.3:8080", "192.0.2.1:", "[::1]", "[::1]:8080",
        "[2001:db8::1]:80", "[fe80::1%25eth0]", "[::ffff:127.0.0.1]:80"}) {
    EXPECT_TRUE(hosts.is_allowed(authority)) << authority;
  }
  for (const char* authority : {"localhost.evil.example", "evil.localhost", "localhost2", "127.0.0.1.evil.example",
                                "127.1", "0x7f.0.0.1", "[evil.example]", "[evil.example]:80", "[]", "["}) {
    EXPECT_FALSE(hosts.is_allowed(authority)) << authority;
  }
}

TEST(AllowedHosts, LetAClientOfHttp10NameNone) { EXPECT_TRUE(AllowedHosts({"threadecho"}).is_allowed("")); }

TEST(RequestTarget, HasItsAuthorityCountInsteadOfTheHostField) {
  EXPECT_EQ(authority_of("/healthz", "h:80"), "h:80");
  EXPECT_EQ(authority_of("*", "h"), "h");
  EXPECT_EQ(authority_of("http://other:1/healthz", "h"), "other:1");
  EXPECT_EQ(authority_of("HTTPS://other", "h"), "other");
  EXPECT_EQ(authority_of("http://other?x=http://third/", "h"), "other");
  EXPECT_EQ(authority_of("http://threadecho@other:1/healthz", "h"), "other:1");
  EXPECT_EQ(authority_of("http://a@b@[::1]:2#c", "h"), "[::1]:2");
  EXPECT_EQ(authority_of("ftp://other/healthz", "h"), "h") << "no absolute form that this server knows";
}

}  // namespace
}  // namespace threadecho::http
