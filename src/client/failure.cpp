#include "client/failure.h"

#include <cerrno>

namespace threadecho::client {
namespace {

FailureKind kind_of_connect(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
      return FailureKind::kRefused;
    case EADDRNOTAVAIL:
      return FailureKind::kNoLocalPort;
    case EAFNOSUPPORT:
      return FailureKind::kNoAddressFamily;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
      return FailureKind::kLocalLimit;
    default:
      return FailureKind::kOther;
  }
}

}  // namespace

std::error_code errno_code(int number) { return {number, std::generic_category()}; }

FailureKind kind_of(std::error_code error, Stage stage) {
  switch (error.value()) {
    case ETIMEDOUT:  // on an open connection: the system gave it up
      return stage == Stage::kConnecting ? FailureKind::kConnectTimeout : FailureKind::kEchoTimeout;
    case ECONNRESET:
      return FailureKind::kReset;
    case EPIPE:
      return FailureKind::kClosedEarly;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EACCES:  // ICMPv6 "administratively prohibited"
    case EPERM:   // a firewall of this host
      return FailureKind::kUnreachable;
    default:
      return stage == Stage::kConnecting ? kind_of_connect(error.value()) : FailureKind::kOther;
  }
}

}  // namespace threadecho::client
