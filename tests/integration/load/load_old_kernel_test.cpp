#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>

#include "load/load_run.h"
#include "load/text_report.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using load::LoadMode;

/// From now on epoll_pwait2 fails in this thread and in those that it starts: ENOSYS as a kernel before Linux 5.11
/// does, EPERM as a seccomp profile does that is older than the call.
bool refuse_epoll_pwait2(int error) {
  const auto result = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
  std::array<sock_filter, 4> filter = {{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, result),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

class LoadOnAnOldKernel : public ::testing::TestWithParam<int> {};

TEST_P(LoadOnAnOldKernel, WaitsWithoutEpollPwait2) {
  const EchoServer server;
  std::thread([&] {
    ASSERT_TRUE(refuse_epoll_pwait2(GetParam()));
    epoll_event event{};
    const timespec now{};
    ASSERT_EQ(::epoll_pwait2(-1, &event, 1, &now, nullptr), -1);
    ASSERT_EQ(errno, GetParam());
    for (const LoadMode mode : {LoadMode::kClosed, LoadMode::kOpen}) {
      load::LoadOptions options;
      options.mode = mode;
      options.rate = 1000;
      options.connections = 4;
      options.threads = 2;
      options.duration = std::chrono::milliseconds(200);
      options.warmup = std::chrono::milliseconds(0);
      load::LoadResult result;
      ASSERT_NO_THROW(result = load::run_load_test(options, server.endpoint()));
      EXPECT_TRUE(result.is_clean()) << load::text_report(result);
      EXPECT_GT(result.messages, 0U);
    }
  }).join();
}

INSTANTIATE_TEST_SUITE_P(Error, LoadOnAnOldKernel, ::testing::Values(ENOSYS, EPERM));

}  // namespace
}  // namespace threadecho::test
