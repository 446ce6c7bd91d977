#include "support/process_facts.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <latch>
#include <string>
#include <thread>

#include "net/fd.h"

namespace threadecho::test {
namespace {

// Tests for leaks count with these functions, so they must detect a leak.

TEST(ProcessFacts, SeeALeakedDescriptor) {
  const std::size_t before = count_descriptors();
  {
    const net::Fd leaked(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(count_descriptors(), before + 1);
  }
  EXPECT_EQ(count_descriptors(), before);
}

TEST(ProcessFacts, SeeAThreadThatWasLeftBehind) {
  EXPECT_EQ(count_threads("left-"), 0U);
  std::latch named(1);
  std::latch seen(1);
  std::thread left([&] {
    ::pthread_setname_np(::pthread_self(), "left-behind");
    named.count_down();
    seen.wait();
  });
  named.wait();
  EXPECT_EQ(count_threads("left-"), 1U);
  seen.count_down();
  left.join();
}

TEST(ProcessFacts, SeeMemoryThatIsHeld) {
  constexpr std::size_t kHeld = std::size_t{64} * 1024 * 1024;
  const std::size_t before = resident_bytes();
  const std::string held(kHeld, 'x');
  EXPECT_GE(resident_bytes(), before + held.size() / 2);
}

}  // namespace
}  // namespace threadecho::test
