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

void require(std::error_code error, std::string_view what) {
  if (error) {
    throw net::BindError("cannot set " + std::string(what) + " on the echo socket: " + error.message());
  }
}

int whole_seconds(milliseconds duration) { return static_cast<int>(std::chrono::ceil<seconds>(duration).count()); }

void set_keepalive(int fd, const config::Settings& settings) {
  if (settings.tcp_keepalive.count() == 0) {
    return;
  }
  require(net::set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1), "SO_KEEPALIVE");
  require(net::set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, whole_seconds(settings.tcp_keepalive)), "TCP_KEEPALIVE");
  require(net::set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, whole_seconds(kKeepaliveInterval)), "TCP_KEEPINTVL");
  require(net::set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes), "TCP_KEEPCNT");
}

/// Never shorter than what WRITE_TIMEOUT and the keepalive probes need: TCP_USER_TIMEOUT overrides both, tcp(7), and
/// a shorter one ends clients that read slowly, or lose a single probe.
void set_user_timeout(int fd, const config::Settings& settings) {
  if (settings.write_timeout.count() == 0) {
    return;
  }
  const milliseconds timeout = std::max(settings.write_timeout + 5s, settings.tcp_keepalive + 60s);
  require(net::set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count())), "TCP_USER_TIMEOUT");
}

void set_congestion_control(int fd, const std::string& name) {
  if (!name.empty() &&
      ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), static_cast<socklen_t>(name.size())) != 0) {
    throw net::BindError("cannot set CONGESTION_CONTROL to '" + name + "': " + std::generic_category().message(errno) +
                         "; allowed is what net.ipv4.tcp_allowed_congestion_control lists");
  }
}

void set_socket_buffers(int fd, std::size_t size) {
  if (size > 0) {
    require(net::set_option(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(size)), "SOCKET_BUFFER_SIZE");
    require(net::set_option(fd, SOL_SOCKET, SO_SNDBUF, static_cast<int>(size)), "SOCKET_BUFFER_SIZE");
  }
}

void set_connection_options(int fd, const config::Settings& settings) {
  require(net::set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1), "TCP_NODELAY");
  // An urgent byte is a byte like any other, in its place, RFC 6093 section 6; else recv would leave it out.
  require(net::set_option(fd, SOL_SOCKET, SO_OOBINLINE, 1), "SO_OOBINLINE");
  require(net::set_receive_timeout(fd, net::timeout_over_after(settings.idle_timeout)), "IDLE_TIMEOUT");
  require(net::set_send_timeout(fd, blocking_send_timeout(settings)), "WRITE_TIMEOUT");
  set_keepalive(fd, settings);
  set_user_timeout(fd, settings);
  set_congestion_control(fd, settings.congestion_control);
  set_socket_buffers(fd, settings.socket_buffer_size);
}

}  // namespace

net::Fd listen_for_clients(const config::Settings& settings, std::uint16_t port, std::string_view port_setting,
                           net::Endpoint& endpoint) {
  net::Fd listener = net::listen_on({.address = settings.bind_address,
                                     .port = port,
                                     .backlog = settings.listen_backlog,
                                     .setting = port_setting,
                                     .address_setting = "BIND_ADDRESS",
                                     .before_listen = [&](int fd) { set_connection_options(fd, settings); }});
  endpoint = net::Endpoint::local_of(listener.get());
  return listener;
}

}  // namespace threadecho::echo
