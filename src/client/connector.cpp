#include "client/connector.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "net/tcp.h"

namespace threadecho::client {
namespace {

bool is_connected_to_itself(int fd, const net::Endpoint& peer) {
  const net::Endpoint local = net::Endpoint::local_of(fd);
  return local.port() == peer.port() && local.address_key() == peer.address_key();
}

std::string text_of(const Attempt& attempt) {
  const std::string peer = attempt.endpoint.to_string();
  switch (kind_of(attempt.error, Stage::kConnecting)) {
    case FailureKind::kRefused:
      return peer + " refused the connection";
    case FailureKind::kConnectTimeout:
      return "timed out connecting to " + peer;
    case FailureKind::kReset:
      return peer + " reset the connection";
    case FailureKind::kUnreachable:
    case FailureKind::kNoLocalAddress:  // this host has none of that family
      return peer + " is unreachable (" + attempt.error.message() + ")";
    default:
      return "cannot connect to " + peer + ": " + attempt.error.message();
  }
}

/// How much a failure says about the network.
std::ptrdiff_t weight(FailureKind kind) {
  constexpr std::array kOrder = {FailureKind::kNoLocalAddress, FailureKind::kUnreachable, FailureKind::kConnectTimeout,
                                 FailureKind::kRefused, FailureKind::kReset};
  const auto* const found = std::ranges::find(kOrder, kind);
  return found == kOrder.end() ? -1 : found - kOrder.begin();
}

}  // namespace

Failure name_failure(const std::string& host, const std::string& reason) {
  return {FailureKind::kNameNotFound, "name " + host + " not found (" + reason + ")"};
}

Failure connect_failure(const std::vector<Attempt>& attempts) {
  Failure failure;
  for (const Attempt& attempt : attempts) {
    const FailureKind kind = kind_of(attempt.error, Stage::kConnecting);
    if (failure.text.empty() || weight(kind) > weight(failure.kind)) {
      failure.kind = kind;
    }
    failure.text.append(failure.text.empty() ? "" : "; ").append(text_of(attempt));
  }
  return failure;
}

Resolution resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
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

net::Fd begin_connect(const net::Endpoint& target, const net::Endpoint* source, std::error_code& error) {
  net::Fd fd(::socket(target.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!fd) {
    error = errno_code(errno);
    return {};
  }
  error = net::set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (!error && source != nullptr) {
    // The port is chosen by connect, which knows the target: each target then has all ports of its own.
    error = net::set_option(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (!error && ::bind(fd.get(), source->address(), source->length()) != 0) {
      error = errno_code(errno);
    }
  }
  if (!error && ::connect(fd.get(), target.address(), target.length()) != 0 && errno != EINPROGRESS) {
    error = errno_code(errno);
  }
  return error ? net::Fd{} : std::move(fd);
}

std::error_code finish_connect(int fd, const net::Endpoint& target) {
  const int error_number = net::take_error(fd);
  return errno_code(error_number == 0 && is_connected_to_itself(fd, target) ? ECONNREFUSED : error_number);
}

net::Fd connect_to(const net::Endpoint& endpoint, Deadline deadline, SignalFd* signals, std::error_code& error,
                   const net::Endpoint* source) {
  net::Fd fd = begin_connect(endpoint, source, error);
  if (error) {
    return {};
  }
  switch (wait_for(fd.get(), POLLOUT, deadline, signals)) {
    case Waited::kReady:
      error = finish_connect(fd.get(), endpoint);
      break;
    case Waited::kInterrupted:
      error = errno_code(ECANCELED);
      break;
    case Waited::kTimedOut:
      error = errno_code(ETIMEDOUT);
      break;
  }
  return error ? net::Fd{} : std::move(fd);
}

Connected connect_to_any(const std::vector<net::Endpoint>& endpoints, std::chrono::milliseconds timeout,
                         SignalFd* signals, const net::Endpoint* source) {
  Connected connected;
  for (const net::Endpoint& endpoint : endpoints) {
    const auto begin = std::chrono::steady_clock::now();
    Attempt attempt{.endpoint = endpoint, .duration = {}, .error = {}};
    connected.fd = connect_to(endpoint, begin + timeout, signals, attempt.error, source);
    attempt.duration = std::chrono::steady_clock::now() - begin;
    connected.attempts.push_back(attempt);
    if (connected.fd || attempt.error == std::errc::operation_canceled) {
      break;
    }
  }
  return connected;
}

}  // namespace threadecho::client
