#include "client/connect_failure.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/fd.h"
#include "text/durations.h"

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

/// The kind of an attempt that failed: that of its error or, where the error says too little, what this host lacks. An
/// address that "cannot be assigned" is a lack of ports if there is a route to the endpoint, and else a lack of an
/// address to connect from; a network is unreachable too where this host has no address of the family.
FailureKind kind_of_attempt(const Attempt& attempt) {
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

/// How much a failure says about the network.
std::ptrdiff_t weight(FailureKind kind) {
  constexpr std::array kOrder = {
      FailureKind::kNoAddressFamily, FailureKind::kNoLocalPort, FailureKind::kLocalLimit, FailureKind::kUnreachable,
      FailureKind::kConnectTimeout,  FailureKind::kRefused,     FailureKind::kReset};
  const auto* const found = std::ranges::find(kOrder, kind);
  return found == kOrder.end() ? -1 : found - kOrder.begin();
}

std::string text_of(const Attempt& attempt, FailureKind kind) {
  const std::string peer = attempt.endpoint.to_string();
  if (attempt.error == std::errc::operation_canceled) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(attempt.duration);
    return "no answer from " + peer + " within " + text::format_duration(waited);
  }
  switch (kind) {
    case FailureKind::kRefused:
      return peer + " refused the connection";
    case FailureKind::kConnectTimeout:
      return "timed out connecting to " + peer;
    case FailureKind::kReset:
      return peer + " reset the connection";
    case FailureKind::kNoAddressFamily:
      return std::string("this host has no ") + (attempt.endpoint.family() == AF_INET ? "IPv4" : "IPv6") +
             " address to reach " + peer + " from";
    case FailureKind::kNoLocalPort:
      return "no free local port to connect to " + peer + " from";
    case FailureKind::kLocalLimit:
      return "this host has no descriptor or memory left to connect to " + peer + " (" + attempt.error.message() + ")";
    case FailureKind::kUnreachable:
      return peer + " is unreachable (" + attempt.error.message() + ")";
    default:
      return "cannot connect to " + peer + ": " + attempt.error.message();
  }
}

}  // namespace

Failure failure_of(const Attempt& attempt) {
  const FailureKind kind = kind_of_attempt(attempt);
  return {kind, text_of(attempt, kind)};
}

Failure connect_failure(const std::vector<Attempt>& attempts) {
  Failure failure;
  for (const Attempt& attempt : attempts) {
    const Failure one = failure_of(attempt);
    if (failure.text.empty() || weight(one.kind) > weight(failure.kind)) {
      failure.kind = one.kind;
    }
    failure.text.append(failure.text.empty() ? "" : "; ").append(one.text);
  }
  return failure;
}

}  // namespace threadecho::client
