#include "net/listen.h"

#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "net/endpoint.h"

namespace threadecho::net {
namespace {

constexpr std::string_view kAnyAddress = "::";
constexpr const char* kAnyIpv4Address = "0.0.0.0";

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

Fd listen_on(const ListenOptions& options) {
  const auto endpoint = Endpoint::parse(options.address, options.port);
  if (!endpoint) {
    throw BindError("cannot listen on '" + options.address + "' (" + std::string(options.setting) +
                    "): not a numeric IPv4 or IPv6 address");
  }
  Fd listener;
  std::error_code error = try_listen(*endpoint, options, listener);
  if (error && options.address == kAnyAddress && means_no_ipv6(error)) {
    error = try_listen(*Endpoint::parse(kAnyIpv4Address, options.port), options, listener);
  }
  if (error) {
    throw BindError("cannot listen on " + endpoint->to_string() + " (" + std::string(options.setting) +
                    "): " + error.message());
  }
  return listener;
}

}  // namespace threadecho::net
