#include "client/connector.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

#include "net/tcp.h"

namespace threadecho::client {
namespace {

std::error_code error_of(int number) { return {number, std::generic_category()}; }

bool is_connected_to_itself(int fd, const net::Endpoint& peer) {
  const net::Endpoint local = net::Endpoint::local_of(fd);
  return local.port() == peer.port() && local.address_key() == peer.address_key();
}

/// Waits for the handshake that connect(2) has begun.
std::error_code finish_connect(int fd, Deadline deadline, Interrupt* interrupt) {
  switch (wait_for(fd, POLLOUT, deadline, interrupt)) {
    case Waited::kReady:
      return error_of(net::take_error(fd));
    case Waited::kInterrupted:
      return error_of(ECANCELED);
    case Waited::kTimedOut:
      break;
  }
  return error_of(ETIMEDOUT);
}

}  // namespace

Resolution resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (error != 0) {
    const bool is_system_error = error == EAI_SYSTEM;
    return {.endpoints = {}, .reason = is_system_error ? error_of(errno).message() : ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Resolution resolution;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    resolution.endpoints.emplace_back(entry->ai_addr, entry->ai_addrlen);
  }
  return resolution;
}

net::Fd connect_to(const net::Endpoint& endpoint, Deadline deadline, Interrupt* interrupt, std::error_code& error) {
  net::Fd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!fd) {
    error = error_of(errno);
    return {};
  }
  error = net::set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (!error && ::connect(fd.get(), endpoint.address(), endpoint.length()) != 0) {
    error = errno == EINPROGRESS ? finish_connect(fd.get(), deadline, interrupt) : error_of(errno);
  }
  if (!error && is_connected_to_itself(fd.get(), endpoint)) {
    error = error_of(ECONNREFUSED);
  }
  return error ? net::Fd{} : std::move(fd);
}

Connected connect_to_any(const std::vector<net::Endpoint>& endpoints, std::chrono::milliseconds timeout,
                         Interrupt* interrupt) {
  Connected connected;
  for (const net::Endpoint& endpoint : endpoints) {
    const auto begin = std::chrono::steady_clock::now();
    Attempt attempt{.endpoint = endpoint, .duration = {}, .error = {}};
    connected.fd = connect_to(endpoint, begin + timeout, interrupt, attempt.error);
    attempt.duration = std::chrono::steady_clock::now() - begin;
    connected.attempts.push_back(attempt);
    if (connected.fd || attempt.error == std::errc::operation_canceled) {
      break;
    }
  }
  return connected;
}

}  // namespace threadecho::client
