#include "echo/connection.h"

#include <gtest/gtest.h>

namespace threadecho::echo {
namespace {

TEST(Connection, KeepsTheFirstReasonToEnd) {
  Connection connection(1, net::Fd(), net::Endpoint(), Clock::now());
  EXPECT_FALSE(connection.ending().has_value());
  EXPECT_TRUE(connection.end(CloseReason::kMaxAge));
  EXPECT_FALSE(connection.end(CloseReason::kDrainForced));
  EXPECT_EQ(connection.ending(), CloseReason::kMaxAge);
}

}  // namespace
}  // namespace threadecho::echo
