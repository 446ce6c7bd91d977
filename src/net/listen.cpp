#include "net/listen.h"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "net/endpoint.h"

namespace threadecho::net {
namespace {

constexpr std::string_view kAnyAddress = "::";
constexpr const char* kAnyIpv4Address = "0.0.0.0";
/// An unprivileged user may bind ports from here on, unless net.ipv4.ip_unprivileged_port_start is unusually high.
constexpr int kSuggestedPorts = 10'000;

std::error_code last_error() { return {errno, std::generic_category()}; }

/// A socket bound to `endpoint` and listening, or the error of the step that failed.
std::error_code try_listen(const Endpoint& endpoint, const ListenOptions& options, Fd& listener) {
  Fd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!fd) {
    return last_error();
  }
  const int on = 1;
  const int off = 0;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
    return last_error();
  }
  // Dual stack whatever net.ipv6.bindv6only says.
  if (endpoint.family() == AF_INET6 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) {
    return last_error();
  }
  if (::bind(fd.get(), endpoint.address(), endpoint.length()) != 0) {
    return last_error();
  }
  if (options.before_listen) {
    options.before_listen(fd.get());
  }
  if (::listen(fd.get(), options.backlog) != 0) {
    return last_error();
  }
  listener = std::move(fd);
  return {};
}

bool means_no_ipv6(std::error_code error) {
  return error == std::errc::address_family_not_supported || error == std::errc::address_not_available;
}

}  // namespace

std::string listen_advice(int error_number, const ListenOptions& options) {
  const std::string port = std::to_string(options.port);
  const std::string set_port = "set " + std::string(options.setting) + " to ";
  const std::string set_address = "set " + std::string(options.address_setting) + " to ";
  switch (error_number) {
    case EADDRINUSE:
      return "; another process has the port (`ss -ltnp 'sport = :" + port + "'` shows it): stop it, or " + set_port +
             "another one";
    case EACCES:
      return "; a port below net.ipv4.ip_unprivileged_port_start (usually 1024) needs CAP_NET_BIND_SERVICE: " +
             set_port + "a higher one, such as " + std::to_string(kSuggestedPorts + options.port % kSuggestedPorts) +
             ", or grant the capability";
    case EADDRNOTAVAIL:
      return "; no interface of this host has the address: " + set_address + "one that `ip address` shows, or to ::";
    case EAFNOSUPPORT:
      return "; this host does not support the address family: " + set_address + "an address of the other one";
    case EINVAL:
      return options.address.starts_with("fe80")
                 ? "; a link-local address needs its zone: " + set_address + options.address + "%eth0, for example"
                 : "";
    case EMFILE:
      return "; the limit of descriptors is reached: raise `ulimit -n`";
    default:
      return "";
  }
}

Fd listen_on(const ListenOptions& options) {
  const auto endpoint = Endpoint::parse(options.address, options.port);
  if (!endpoint) {
    throw BindError("cannot listen on '" + options.address + "' (" + std::string(options.address_setting) +
                    "): not a numeric IPv4 or IPv6 address, or its zone is not an interface of this host");
  }
  Fd listener;
  std::error_code error = try_listen(*endpoint, options, listener);
  if (error && options.address == kAnyAddress && means_no_ipv6(error)) {
    error = try_listen(*Endpoint::parse(kAnyIpv4Address, options.port), options, listener);
  }
  if (error) {
    throw BindError("cannot listen on " + endpoint->to_string() + " (" + std::string(options.setting) +
                    "): " + error.message() + listen_advice(error.value(), options));
  }
  return listener;
}

std::string addresses_of(const Listeners& listeners) {
  std::string text;
  for (const Fd& socket : listeners.sockets) {
    text.append(text.empty() ? "" : ", ").append(Endpoint::local_of(socket.get()).to_string());
  }
  return text;
}

}  // namespace threadecho::net
