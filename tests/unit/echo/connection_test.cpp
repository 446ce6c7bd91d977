#include "echo/connection.h"

#include <gtest/gtest.h>

namespace threadecho::echo {
namespace {

TEST(Connection, KeepsTheFirstReasonToEnd) {
  Connection connection(1, net::Fd(), net::Endpoint(), Clock::now());
  EXPECT_FALSE(connection.end_reason().has_value());
  EXPECT_TRUE(connection.end(CloseReason::kMaxAge));
  EXPECT_FALSE(connection.end(CloseReason::kDrainForced));
  EXPECT_EQ(connection.end_reason(), CloseReason::kMaxAge);
}

}  // namespace
}  // namespace threadecho::echo
