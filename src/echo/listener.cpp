#include "echo/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/settings.h"
#include "echo/session.h"
#include "net/listen.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr seconds kKeepaliveInterval = 10s;
constexpr int kKeepaliveProbes = 6;

int whole_seconds(milliseconds duration) { return static_cast<int>(std::chrono::ceil<seconds>(duration).count()); }

/// Sets one option after the other, and keeps the first failure.
class Options {
 public:
  explicit Options(int fd) noexcept : fd_(fd) {}

  void set(int level, int name, int value, std::string_view what) {
    keep(net::set_option(fd_, level, name, value), what);
  }
  void keep(std::error_code error, std::string_view what) {
    if (error && failure_.empty()) {
      failure_ = "cannot set " + std::string(what) + " on the echo socket: " + error.message();
    }
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] std::string& failure() noexcept { return failure_; }

 private:
  int fd_;
  std::string failure_;
};

void set_keepalive(Options& options, const config::Settings& settings) {
  options.set(SOL_SOCKET, SO_KEEPALIVE, settings.tcp_keepalive.count() == 0 ? 0 : 1, "SO_KEEPALIVE");
  if (settings.tcp_keepalive.count() == 0) {
    return;
  }
  options.set(IPPROTO_TCP, TCP_KEEPIDLE, whole_seconds(settings.tcp_keepalive), "TCP_KEEPALIVE");
  options.set(IPPROTO_TCP, TCP_KEEPINTVL, whole_seconds(kKeepaliveInterval), "TCP_KEEPINTVL");
  options.set(IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes, "TCP_KEEPCNT");
}

/// Never shorter than what WRITE_TIMEOUT and the keepalive probes need: TCP_USER_TIMEOUT overrides both, tcp(7), and
/// a shorter one ends clients that read slowly, or lose a single probe.
void set_user_timeout(Options& options, const config::Settings& settings) {
  const milliseconds timeout = settings.write_timeout.count() == 0
                                   ? milliseconds(0)
                                   : std::max(settings.write_timeout + 5s, settings.tcp_keepalive + 60s);
  options.set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()), "TCP_USER_TIMEOUT");
}

void set_congestion_control(Options& options, const std::string& name) {
  if (!name.empty() && options.failure().empty() &&
      ::setsockopt(options.fd(), IPPROTO_TCP, TCP_CONGESTION, name.data(), static_cast<socklen_t>(name.size())) != 0) {
    options.failure() = "cannot set CONGESTION_CONTROL to '" + name + "': " + std::generic_category().message(errno) +
                        "; allowed is what net.ipv4.tcp_allowed_congestion_control lists";
  }
}

void set_socket_buffers(Options& options, std::size_t size) {
  if (size > 0) {
    options.set(SOL_SOCKET, SO_RCVBUF, static_cast<int>(size), "SOCKET_BUFFER_SIZE");
    options.set(SOL_SOCKET, SO_SNDBUF, static_cast<int>(size), "SOCKET_BUFFER_SIZE");
  }
}

}  // namespace

std::string set_connection_options(int fd, const config::Settings& settings) {
  Options options(fd);
  options.set(IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
  // An urgent byte is a byte like any other, in its place, RFC 6093 section 6; else recv would leave it out.
  options.set(SOL_SOCKET, SO_OOBINLINE, 1, "SO_OOBINLINE");
  options.keep(net::set_receive_timeout(fd, net::timeout_over_after(settings.idle_timeout)), "IDLE_TIMEOUT");
  options.keep(net::set_send_timeout(fd, blocking_send_timeout(settings)), "WRITE_TIMEOUT");
  set_keepalive(options, settings);
  set_user_timeout(options, settings);
  set_congestion_control(options, settings.congestion_control);
  set_socket_buffers(options, settings.socket_buffer_size);
  return std::move(options.failure());
}

net::Listeners listen_for_clients(const config::Settings& settings, std::uint16_t port, std::string_view port_setting,
                                  net::Listeners handed_over) {
  const auto set_options = [&settings](int fd) {
    if (std::string failure = set_connection_options(fd, settings); !failure.empty()) {
      throw net::BindError(failure);
    }
  };
  if (handed_over.sockets.empty()) {
    return net::listen_on({.address = settings.bind_address,
                           .port = port,
                           .backlog = settings.listen_backlog,
                           .setting = port_setting,
                           .address_setting = "BIND_ADDRESS",
                           .before_listen = set_options});
  }
  for (const net::Fd& socket : handed_over.sockets) {
    set_options(socket.get());
  }
  return handed_over;
}

}  // namespace threadecho::echo
