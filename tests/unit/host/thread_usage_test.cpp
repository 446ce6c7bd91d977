#include "host/thread_usage.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <thread>

#include "support/eventually.h"

namespace threadecho::host {
namespace {

std::uint32_t own_id() { return static_cast<std::uint32_t>(::gettid()); }

TEST(ThreadUsage, TellsARunningThreadFromOneThatWaits) {
  std::latch started(1);
  std::latch over(1);
  std::uint32_t waiting_id = 0;
  std::thread waiting([&] {
    ::pthread_setname_np(::pthread_self(), "a ) name (");
    waiting_id = own_id();
    started.count_down();
    over.wait();
  });
  started.wait();
  EXPECT_TRUE(test::eventually([&] { return !thread_usage(waiting_id)->is_running; }));
  EXPECT_EQ(thread_usage(waiting_id)->name, "a ) name (");
  EXPECT_TRUE(thread_usage(own_id())->is_running);
  over.count_down();
  waiting.join();
  EXPECT_FALSE(thread_usage(waiting_id)) << "it has ended";
}

TEST(ThreadUsage, CountsProcessorTimeAndContextSwitches) {
  const auto before = thread_usage(own_id());
  EXPECT_TRUE(test::eventually([&] { return thread_usage(own_id())->cpu_time > before->cpu_time; }));
  ::usleep(1);
  const auto after = thread_usage(own_id());
  EXPECT_GT(after->voluntary_switches, before->voluntary_switches) << "it slept";
  EXPECT_GE(after->involuntary_switches, before->involuntary_switches);
  EXPECT_GE(after->cpu_wait, before->cpu_wait);
}

TEST(ThreadUsage, IsNothingForAThreadOfAnotherProcess) {
  EXPECT_FALSE(thread_usage(0));
  EXPECT_FALSE(thread_usage(1));
}

}  // namespace
}  // namespace threadecho::host
