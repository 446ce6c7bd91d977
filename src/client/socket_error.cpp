#include "client/socket_error.h"

#include <cerrno>

namespace threadecho::client {

SocketError kind_of(std::error_code error) {
  switch (error.value()) {
    case ECONNREFUSED:
      return SocketError::kRefused;
    case ETIMEDOUT:
      return SocketError::kTimedOut;
    case ECONNRESET:
      return SocketError::kReset;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EAFNOSUPPORT:  // this host has none of that family
    case EACCES:        // ICMPv6 "administratively prohibited"
    case EPERM:         // a firewall of this host
      return SocketError::kUnreachable;
    case EADDRNOTAVAIL:
      return SocketError::kNoLocalAddress;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
      return SocketError::kLocalLimit;
    default:
      return SocketError::kOther;
  }
}

std::error_code errno_code(int number) { return {number, std::generic_category()}; }

}  // namespace threadecho::client
