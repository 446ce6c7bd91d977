#include "client/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace threadecho::client {

Resolution resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_family = target.family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (error != 0) {
    const bool is_system_error = error == EAI_SYSTEM;
    return {.endpoints = {}, .reason = is_system_error ? errno_code(errno).message() : ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Resolution resolution;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    resolution.endpoints.emplace_back(entry->ai_addr, entry->ai_addrlen);
  }
  return resolution;
}

Failure name_failure(const Target& target, const std::string& reason) {
  const std::string family = target.family == AF_INET ? "IPv4" : "IPv6";
  const std::string what = target.family == AF_UNSPEC ? " not found (" : ": no " + family + " address found (";
  return {FailureKind::kNameNotFound, "name " + target.host + what + reason + ")"};
}

bool is_same(const net::Endpoint& a, const net::Endpoint& b) {
  return a.port() == b.port() && a.address_key() == b.address_key();
}

std::vector<net::Endpoint> in_connecting_order(const std::vector<net::Endpoint>& endpoints,
                                               const net::Endpoint* first) {
  std::vector<net::Endpoint> left = endpoints;
  std::vector<net::Endpoint> order;
  const auto take = [&](std::vector<net::Endpoint>::iterator next) {
    order.push_back(*next);
    left.erase(next);
  };
  if (first != nullptr) {
    const auto found = std::ranges::find_if(left, [&](const net::Endpoint& one) { return is_same(one, *first); });
    if (found != left.end()) {
      take(found);
    }
  }
  while (!left.empty()) {
    const auto other = std::ranges::find_if(
        left, [&](const net::Endpoint& one) { return !order.empty() && one.family() != order.back().family(); });
    take(other == left.end() ? left.begin() : other);
  }
  return order;
}

}  // namespace threadecho::client
