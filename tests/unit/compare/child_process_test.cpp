#include "compare/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "client/signal_fd.h"
#include "support/eventually.h"

namespace threadecho::test {
namespace {

TEST(ChildProcess, TellsTheEndOfALongError) {
  client::SignalFd signals;
  // This test program again. It names the missing file on standard error, and aborts.
  compare::ChildProcess child({"--gtest_flagfile=/" + std::string(20'000, 'x') + " its end"});
  ASSERT_TRUE(child.ends_by(std::chrono::steady_clock::now() + kPatience, signals));
  EXPECT_THAT(child.last_words(), ::testing::HasSubstr("x its end"));
}

}  // namespace
}  // namespace threadecho::test
