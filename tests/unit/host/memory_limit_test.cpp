#include "host/memory_limit.h"

#include <gtest/gtest.h>

#include "support/server_process.h"

namespace threadecho::host {
namespace {

/// A root directory with the kernel files that a test writes.
class MemoryLimit : public ::testing::Test {
 protected:
  test::TemporaryDirectory root_;
};

TEST_F(MemoryLimit, IsTheLeastOfTheCgroupAndItsParents) {
  root_.write("proc/self/cgroup", "0::/pods/threadecho\n");
  root_.write("proc/meminfo", "MemTotal:       24576 kB\nMemFree:         1000 kB\n");
  root_.write("sys/fs/cgroup/pods/threadecho/memory.max", "max\n");
  root_.write("sys/fs/cgroup/pods/memory.max", "1000000\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 1'000'000U);
  root_.write("sys/fs/cgroup/pods/threadecho/memory.max", "500000\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 500'000U);
}

TEST_F(MemoryLimit, IsFoundInAContainersOwnCgroupNamespace) {
  root_.write("proc/self/cgroup", "0::/\n");
  root_.write("sys/fs/cgroup/memory.max", "67108864\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 67'108'864U);
}

TEST_F(MemoryLimit, IsFoundInCgroupVersionOne) {
  root_.write("proc/self/cgroup", "9:name=systemd:/\n8:cpu,cpuacct:/docker/abc\n7:memory:/docker/abc\n");
  root_.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "4096000\n");
  root_.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 4'096'000U);
}

TEST_F(MemoryLimit, IsTheMachinesMemoryWhereNoCgroupHasLess) {
  root_.write("proc/meminfo", "MemTotal:       24576 kB\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 24'576U * 1024U);
  root_.write("proc/self/cgroup", "0::/\n");
  root_.write("sys/fs/cgroup/memory.max", "99999999999\n");
  EXPECT_EQ(memory_limit_bytes(root_.path()), 24'576U * 1024U);
}

TEST_F(MemoryLimit, IsZeroWhereNothingSaysIt) { EXPECT_EQ(memory_limit_bytes(root_.path()), 0U); }

}  // namespace
}  // namespace threadecho::host
