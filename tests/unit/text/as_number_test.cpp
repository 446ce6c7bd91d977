#include "text/as_number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace threadecho::test {
namespace {

using text::as_number;

TEST(AsNumber, TakesTheWholeText) {
  EXPECT_EQ(as_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(as_number<double>("0.25"), 0.25);
  for (const char* const text : {"", "x", " 1", "1 ", "1x", "+1", "-1", "0x1", "65536", "99999999999999999999"}) {
    EXPECT_EQ(as_number<std::uint16_t>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace threadecho::test
