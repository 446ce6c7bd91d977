#include "echo/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string_view>

#include "config/settings.h"
#include "host/cgroup_limit.h"
#include "support/server_process.h"

namespace threadecho::echo {
namespace {

using ::testing::HasSubstr;

/// A root directory with the kernel files that a test writes.
class Limits : public ::testing::Test {
 protected:
  void write(const std::filesystem::path& name, std::string_view text) {
    std::filesystem::create_directories((root() / name).parent_path());
    directory_.write(name.string(), text);
  }
  [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }

 private:
  test::TemporaryDirectory directory_;
};

TEST_F(Limits, AreThoseOfTheSettingsWhereTheHostHasMore) {
  config::Settings settings;
  settings.max_connections = 10;
  const EffectiveLimit limit = effective_limit(settings, 64, root());
  EXPECT_EQ(limit.connections, 10U);
  EXPECT_GE(limit.refused_clients, 32U);
  EXPECT_LE(limit.refused_clients, 256U);
}

TEST_F(Limits, TakeTheLeastAndNameEveryFigure) {
  write("proc/sys/kernel/threads-max", "5000\n");
  write("proc/sys/kernel/pid_max", "1032\n");
  write("proc/sys/vm/max_map_count", "65530\n");
  config::Settings settings;
  settings.max_connections = 4'000'000;
  const EffectiveLimit limit = effective_limit(settings, 64, root());
  EXPECT_EQ(limit.connections, 1000U);
  EXPECT_THAT(limit.explanation(), HasSubstr("RLIMIT_NOFILE "));
  EXPECT_THAT(limit.explanation(), HasSubstr("kernel.threads-max 5000 leaves 4968"));
  EXPECT_THAT(limit.explanation(), HasSubstr("kernel.pid_max 1032 leaves 1000"));
  EXPECT_THAT(limit.explanation(), HasSubstr("vm.max_map_count 65530 leaves 32509"));
}

TEST_F(Limits, OfThreadsDoNotBindThePoolWhichNeedsDescriptorsForItsWorkers) {
  write("proc/sys/kernel/pid_max", "1032\n");
  config::Settings settings;
  settings.max_connections = 4'000'000;
  settings.thread_model = config::ThreadModel::kPool;
  settings.pool_threads = 10;
  const EffectiveLimit limit = effective_limit(settings, 64, root());
  ASSERT_EQ(limit.host.size(), 1U);
  EXPECT_EQ(limit.host.front().connections, limit.host.front().value - 64 - kReservedDescriptors - 2 * 10);
}

TEST_F(Limits, OfThreadsDoNotBindTheBlockingPoolWhichNeedsDescriptorsForItsQueue) {
  write("proc/sys/kernel/pid_max", "1032\n");
  config::Settings settings;
  settings.max_connections = 4'000'000;
  settings.thread_model = config::ThreadModel::kBlockingPool;
  settings.pool_threads = 10;
  const EffectiveLimit limit = effective_limit(settings, 64, root());
  ASSERT_EQ(limit.host.size(), 1U);
  EXPECT_EQ(limit.host.front().connections, limit.host.front().value - 64 - kReservedDescriptors - 2);
}

TEST_F(Limits, FindTheLeastPidsMaxFromTheCgroupUpToTheRoot) {
  write("proc/self/cgroup", "0::/system.slice/threadecho.service\n");
  write("sys/fs/cgroup/system.slice/threadecho.service/pids.max", "max\n");
  write("sys/fs/cgroup/system.slice/pids.max", "150\n");
  EXPECT_EQ(host::least_cgroup_limit(host::kPidsLimit, root()), 150U);
  EXPECT_EQ(effective_limit({}, 64, root()).connections, 118U);
}

TEST_F(Limits, FindPidsMaxInAContainersOwnCgroupNamespace) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/pids.max", "100\n");
  EXPECT_EQ(host::least_cgroup_limit(host::kPidsLimit, root()), 100U);
}

TEST_F(Limits, FindPidsMaxOfCgroupVersionOne) {
  write("proc/self/cgroup", "9:name=systemd:/\n8:cpu,pids:/docker/abc\n0::/\n");
  write("sys/fs/cgroup/pids/docker/abc/pids.max", "200\n");
  EXPECT_EQ(host::least_cgroup_limit(host::kPidsLimit, root()), 200U);
}

TEST_F(Limits, AreNoneWhereTheKernelNamesNone) {
  EXPECT_EQ(host::least_cgroup_limit(host::kPidsLimit, root()), host::kNoCgroupLimit);
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/pids.max", "max\n");
  EXPECT_EQ(host::least_cgroup_limit(host::kPidsLimit, root()), host::kNoCgroupLimit);
}

TEST_F(Limits, ThatLeaveNoRoomAreAnErrorWithEveryFigure) {
  write("proc/sys/kernel/pid_max", "32\n");
  try {
    static_cast<void>(effective_limit({}, 64, root()));
    FAIL() << "32 tasks are all reserved";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("leave no room for a connection"), HasSubstr("`ulimit -n`")));
    EXPECT_THAT(error.what(), HasSubstr("kernel.pid_max 32 leaves 0"));
  }
}

}  // namespace
}  // namespace threadecho::echo
