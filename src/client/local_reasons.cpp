#include "client/local_reasons.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "net/fd.h"

namespace threadecho::client {
namespace {

constexpr std::uint32_t kLoopbackNetwork = 127;

/// On this host or this link only.
bool is_local(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24U == kLoopbackNetwork;
  }
  const in6_addr& ipv6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&ipv6) || IN6_IS_ADDR_LINKLOCAL(&ipv6);
}

/// Whether this host has an address to reach the endpoint from.
bool has_address_for(const net::Endpoint& endpoint) {
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) {
    return true;
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(found, &::freeifaddrs);
  const bool local_will_do = is_local(*endpoint.address());
  for (const ifaddrs* entry = found; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == endpoint.family() &&
        (local_will_do || !is_local(*entry->ifa_addr))) {
      return true;
    }
  }
  return false;
}

/// Datagrams have ports of their own, so a lack of ports does not fail this.
bool has_route_to(const net::Endpoint& endpoint) {
  const net::Fd fd(::socket(endpoint.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return fd && ::connect(fd.get(), endpoint.address(), endpoint.length()) == 0;
}

}  // namespace

FailureKind kind_of(const Attempt& attempt) {
  switch (attempt.error.value()) {
    case ECANCELED:  // no answer yet when another address connected
      return FailureKind::kConnectTimeout;
    case EADDRNOTAVAIL:
      return has_route_to(attempt.endpoint) ? FailureKind::kNoLocalPort : FailureKind::kNoAddressFamily;
    case ENETUNREACH:
      return has_address_for(attempt.endpoint) ? FailureKind::kUnreachable : FailureKind::kNoAddressFamily;
    default:
      return kind_of(attempt.error, Stage::kConnecting);
  }
}

}  // namespace threadecho::client
