#include "http/request_target.h"

#include <gtest/gtest.h>

namespace threadecho::http {
namespace {

TEST(RequestTarget, MayBeInAbsoluteForm) {
  EXPECT_EQ(path_of("http://host/metrics?x"), "/metrics");
  EXPECT_EQ(path_of("https://host:8080/a/b#c"), "/a/b");
  EXPECT_EQ(path_of("http://host"), "/");
  EXPECT_EQ(path_of("http://host?x=/healthz"), "/");
  EXPECT_EQ(path_of("HTTP://host/healthz"), "/healthz") << "a scheme is the same in any case";
  EXPECT_EQ(path_of("http:///healthz"), "") << "but needs a host";
  EXPECT_EQ(path_of("http://http://healthz"), "//healthz") << "and is there once";
}

}  // namespace
}  // namespace threadecho::http
