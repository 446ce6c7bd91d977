#include "client/load_target.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>

#include "net/fd.h"
#include "net/tcp.h"

namespace threadecho::client {
namespace {

constexpr unsigned kHighestPort = 65535;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= kHighestPort;
}

bool accepts(const net::Endpoint& endpoint, int timeout_milliseconds) {
  const net::Fd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) {
    return false;
  }
  if (::connect(fd.get(), endpoint.address(), endpoint.length()) == 0) {
    return true;
  }
  pollfd waiting{.fd = fd.get(), .events = POLLOUT, .revents = 0};
  return errno == EINPROGRESS && ::poll(&waiting, 1, timeout_milliseconds) > 0 && net::take_error(fd.get()) == 0;
}

}  // namespace

std::optional<LoadTarget> split_target(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) {
    return std::nullopt;
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // "::1:9000" could be cut in several places
  }
  if (host.empty()) {
    return std::nullopt;
  }
  return LoadTarget{std::string(host), std::string(text.substr(colon + 1))};
}

std::vector<net::Endpoint> resolve(const LoadTarget& target, const std::vector<net::Endpoint>& sources) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &list);
  if (error != 0) {
    throw TargetError("'" + target.host + "': " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  std::vector<net::Endpoint> endpoints;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    const net::Endpoint endpoint(entry->ai_addr, entry->ai_addrlen);
    const auto same_family = [&](const net::Endpoint& source) { return source.family() == endpoint.family(); };
    if (std::ranges::all_of(sources, same_family)) {
      endpoints.push_back(endpoint);
    }
  }
  if (endpoints.empty()) {
    throw TargetError("'" + target.host + "' has no address of the family of every --source");
  }
  return endpoints;
}

net::Endpoint first_reachable(const std::vector<net::Endpoint>& endpoints, int timeout_milliseconds) {
  if (endpoints.size() > 1) {
    for (const net::Endpoint& endpoint : endpoints) {
      if (accepts(endpoint, timeout_milliseconds)) {
        return endpoint;
      }
    }
  }
  return endpoints.front();
}

}  // namespace threadecho::client
