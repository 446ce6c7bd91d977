#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "support/compare_process.h"
#include "support/eventually.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> for_an_hour = {"--duration", "1h"};

/// Whether a process has a socket, beside its standard streams.
bool has_socket(pid_t pid) {
  std::error_code error;
  for (fs::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code closed;
    const std::string target = fs::read_symlink(entry->path(), closed);
    if (target.starts_with("socket:") && std::stoi(entry->path().filename()) > STDERR_FILENO) {
      return true;
    }
  }
  return false;
}

/// Gives a program the capability to bind low ports, as setcap(8) does. False where that is impossible.
bool give_capability(const fs::path& program) {
  vfs_cap_data data{};
  data.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  data.data[0].permitted = 1U << CAP_NET_BIND_SERVICE;
  return ::setxattr(program.c_str(), "security.capability", &data, XATTR_CAPS_SZ_2, 0) == 0;
}

TEST(CompareFaults, LeavesNoChildThoughItsProgramHasCapabilities) {
  const TemporaryDirectory directory;
  const fs::path program = directory.path() / "threadecho";
  fs::copy_file(THREADECHO_BINARY, program);
  if (!give_capability(program)) {
    GTEST_SKIP() << "cannot give a file capabilities here";
  }
  CompareProcess compare(for_an_hour, {.unprivileged = true, .program = program});
  const pid_t server = compare.child("serve");
  const pid_t load = compare.child("load");
  compare.signal(SIGKILL);
  EXPECT_EQ(compare.wait(), 128 + SIGKILL);
  EXPECT_TRUE(eventually([&] { return !is_running(server) && !is_running(load); }));
  for (const pid_t child : {server, load}) {
    ::kill(child, SIGKILL);
  }
}

TEST(CompareFaults, EndsAtASignalWhileItsServerHangs) {
  CompareProcess compare(for_an_hour);
  const pid_t server = compare.child("serve");
  EXPECT_GT(compare.child("load"), 0);
  ::kill(server, SIGSTOP);
  EXPECT_TRUE(eventually([&] { return has_socket(compare.pid()); })) << "it asks for /metrics";
  const auto before = std::chrono::steady_clock::now();
  compare.signal(SIGINT);
  EXPECT_EQ(compare.wait(), 128 + SIGINT);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5))
      << "half as long as it waits for an answer";
}

TEST(CompareFaults, NeverTakesAStallForAFigure) {
  // Stopped as by Ctrl-Z while the load runs.
  CompareProcess compare(
      {"--clients", "8", "--pool-threads", "2", "--duration", "300ms", "--patience", "10ms", "--json"});
  const pid_t load = compare.child("load");
  compare.signal(SIGSTOP);
  EXPECT_TRUE(eventually([&] { return !is_running(load); }));
  compare.signal(SIGCONT);
  const int status = compare.wait();
  const auto json = nlohmann::json::parse(compare.output());
  if (status == 0) {  // it had seen all clients before
    EXPECT_EQ(json.at("models").at(0).at("clients_served"), 1);
    EXPECT_EQ(json.at("models").at(0).at("clients_waiting"), 7);
  } else {
    EXPECT_THAT(json.at("error").at("message").get<std::string>(),
                StartsWith("this machine stalled during the load on one at a time"));
  }
}

TEST(CompareFaults, RaisesTheSoftLimitOfDescriptors) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = 64;
  CompareProcess compare({"--clients", "60", "--duration", "100ms", "--patience", "10ms"}, {.descriptors = limit});
  EXPECT_EQ(compare.wait(), 0) << compare.errors();
}

TEST(CompareFaults, SaysAtOnceThatTheHardLimitLeavesNoRoom) {
  CompareProcess compare({"--clients", "60", "--pool-threads", "2"},
                         {.descriptors = rlimit{.rlim_cur = 64, .rlim_max = 160}});
  EXPECT_EQ(compare.wait(), 2);
  EXPECT_THAT(compare.errors(),
              StartsWith("threadecho compare: --clients 60: the limits of this host leave room for "));
  EXPECT_THAT(compare.errors(), HasSubstr("RLIMIT_NOFILE 160 leaves "));
}

TEST(CompareFaults, SaysWhyItCannotRunItself) {
  CompareProcess compare({}, {.execve_error = EACCES});
  EXPECT_EQ(compare.wait(), 1);
  EXPECT_THAT(compare.errors(), StartsWith("threadecho compare: the server of one at a time does not start: "
                                           "cannot run /proc/self/exe again: Permission denied"));
}

TEST(CompareFaults, GoesOnWhenItsTerminalClosesUnderNohup) {
  CompareProcess compare({"--clients", "2", "--duration", "100ms", "--patience", "10ms"}, {.ignores_hangup = true});
  EXPECT_GT(compare.child("load"), 0);
  compare.signal(SIGHUP);
  EXPECT_EQ(compare.wait(), 0) << compare.errors();
}

}  // namespace
}  // namespace threadecho::test
