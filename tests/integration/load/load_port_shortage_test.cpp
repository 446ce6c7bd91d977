// A churn on a network of its own with few local ports, which wait in TIME_WAIT there as they do towards another host.

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "load/load_run.h"
#include "load/local_ports.h"
#include "net/fd.h"
#include "net/wakeup.h"
#include "support/faulty_server.h"
#include "support/watchdog.h"

namespace threadecho::test {
namespace {

constexpr int kPorts = 100;
constexpr int kNoNetworkOfItsOwn = 77;

bool write_setting(const char* name, const std::string& value) {
  std::ofstream file(std::string("/proc/sys/net/ipv4/") + name);
  return static_cast<bool>(file << value << std::flush);
}

bool bring_up_loopback() {
  const net::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ::ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

/// Moves this process to a network without other users. False if the system does not allow it.
bool enter_small_network() {
  return (::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) && bring_up_loopback() &&
         write_setting("ip_local_port_range", "40000 " + std::to_string(40000 + kPorts - 1)) &&
         write_setting("tcp_tw_reuse", "0");
}

/// Churns until three times as many connections have come as there are ports, or one has failed. The exit status: 0 if
/// none has failed.
[[noreturn]] void churn(load::LoadClose close) {
  if (!enter_small_network()) {
    std::_Exit(kNoNetworkOfItsOwn);
  }
  const Watchdog watchdog("the run did not end");
  net::Wakeup stop;
  const FaultyServer server([&](int fd, int number) {
    if (number == 3 * kPorts) {
      stop.notify();
    }
    echo_until_closed(fd);
  });
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.mode = load::LoadMode::kChurn;
  how.close = close;
  how.connections = 2;
  how.duration = std::chrono::hours(1);
  how.warmup = std::chrono::milliseconds(0);
  how.report_interval = std::chrono::milliseconds(100);
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  hooks.on_progress = [&](const load::LoadSnapshot& snapshot) {
    if (snapshot.failures > 0) {
      stop.notify();
    }
  };
  const auto ports = load::scarce_local_ports(how, server.endpoint());
  const load::LoadResult result = load::run_load_test(how, server.endpoint(), hooks);
  const bool is_told = ports.has_value() == (close == load::LoadClose::kFin) && (!ports || ports->count == kPorts);
  const bool is_out_of_ports = result.incidents.total() > 0 &&
                               result.incidents.count(client::FailureKind::kNoLocalPort) == result.incidents.total() &&
                               result.messages <= kPorts;
  std::_Exit(!is_told ? 3 : is_out_of_ports ? 2 : result.is_clean() ? 0 : 1);
}

/// The exit status of churn() in a process of its own.
int status_of_churn(load::LoadClose close) {
  const pid_t child = ::fork();
  if (child == 0) {
    churn(close);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LoadPortShortage, EndsAChurnWithFinButNotOneWithReset) {
  const int with_fin = status_of_churn(load::LoadClose::kFin);
  if (with_fin == kNoNetworkOfItsOwn) {
    GTEST_SKIP() << "no network namespace is allowed here";
  }
  EXPECT_EQ(with_fin, 2);
  EXPECT_EQ(status_of_churn(load::LoadClose::kReset), 0);
}

}  // namespace
}  // namespace threadecho::test
