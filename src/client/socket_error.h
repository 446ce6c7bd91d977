#pragma once

#include <cstdint>
#include <system_error>

namespace threadecho::client {

/// What an error of connect(2), send(2) or recv(2) says about the network, or about this machine.
enum class SocketError : std::uint8_t {
  kRefused,
  kTimedOut,
  kReset,
  kUnreachable,     ///< no way there, or not allowed: routers and firewalls say so as well as this host
  kNoLocalAddress,  ///< no address, or no free port, to connect from
  kLocalLimit,      ///< of descriptors or memory
  kOther,
};

/// `error` is an errno value (generic category).
SocketError kind_of(std::error_code error);

/// An errno value as such an error.
std::error_code errno_code(int number);

}  // namespace threadecho::client
