#include "metrics/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string_view>

#include "support/server_process.h"

namespace threadecho::metrics {
namespace {

/// A root directory with the kernel files that a test writes.
class MemoryLimit : public ::testing::Test {
 protected:
  void write(const std::filesystem::path& name, std::string_view text) {
    std::filesystem::create_directories((root() / name).parent_path());
    directory_.write(name.string(), text);
  }
  [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }

 private:
  test::TemporaryDirectory directory_;
};

TEST_F(MemoryLimit, IsTheLeastOfTheCgroupAndItsParents) {
  write("proc/self/cgroup", "0::/pods/threadecho\n");
  write("proc/meminfo", "MemTotal:       24576 kB\nMemFree:         1000 kB\n");
  write("sys/fs/cgroup/pods/threadecho/memory.max", "max\n");
  write("sys/fs/cgroup/pods/memory.max", "1000000\n");
  EXPECT_EQ(memory_limit_bytes(root()), 1'000'000U);
  write("sys/fs/cgroup/pods/threadecho/memory.max", "500000\n");
  EXPECT_EQ(memory_limit_bytes(root()), 500'000U);
}

TEST_F(MemoryLimit, IsFoundInAContainersOwnCgroupNamespace) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "67108864\n");
  EXPECT_EQ(memory_limit_bytes(root()), 67'108'864U);
}

TEST_F(MemoryLimit, IsFoundInCgroupVersionOne) {
  write("proc/self/cgroup", "9:name=systemd:/\n8:cpu,cpuacct:/docker/abc\n7:memory:/docker/abc\n");
  write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "4096000\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_limit_bytes(root()), 4'096'000U);
}

TEST_F(MemoryLimit, IsTheMachinesMemoryWhereNoCgroupHasLess) {
  write("proc/meminfo", "MemTotal:       24576 kB\n");
  EXPECT_EQ(memory_limit_bytes(root()), 24'576U * 1024U);
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "99999999999\n");
  EXPECT_EQ(memory_limit_bytes(root()), 24'576U * 1024U);
}

TEST_F(MemoryLimit, IsZeroWhereNothingSaysIt) { EXPECT_EQ(memory_limit_bytes(root()), 0U); }

}  // namespace
}  // namespace threadecho::metrics
