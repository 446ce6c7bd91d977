#include "echo/final_wait.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "net/fd.h"

namespace threadecho::echo {
namespace {

class FinalWaitTest : public ::testing::Test {
 protected:
  FinalWaitTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader_ = net::Fd(ends[0]);
    writer_ = net::Fd(ends[1]);
  }
  /// Long enough to open an epoll set, if there is a descriptor for it.
  void wait_long(SpareDescriptors& spare) const {
    FinalWait wait(reader_.get(), spare);
    for (int i = 0; i < 10; ++i) {
      wait.wait_until(Clock::now() + std::chrono::milliseconds(1));
    }
    EXPECT_FALSE(spare.try_take()) << "it holds the only one";
  }

 private:
  net::Fd reader_;
  net::Fd writer_;
};

TEST_F(FinalWaitTest, GivesItsDescriptorBack) {
  SpareDescriptors spare(1);
  wait_long(spare);
  wait_long(spare);
  EXPECT_TRUE(spare.try_take());
}

}  // namespace
}  // namespace threadecho::echo
