#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "text/parsed.h"

namespace threadecho::client {

/// The server that a client command talks to: `localhost:9000`, `192.0.2.1:9000`, `[2001:db8::1]:9000` or any of them
/// after `tcp://`.
struct Target {
  std::string host;  ///< a name or a numeric address, without brackets
  std::uint16_t port = 0;
  int family = AF_UNSPEC;  ///< AF_INET or AF_INET6: only addresses of this family count (-4, -6)

  /// As it was given: an IPv6 address has its brackets.
  [[nodiscard]] std::string to_string() const;
};

/// The port that a target has, and how a command speaks to it.
struct TargetPort {
  std::uint16_t usual = 9000;
  std::string_view scheme = "tcp";
};

/// Reads HOST:PORT, or the same behind tcp:// or `scheme`://. An IPv6 address needs brackets: the end of `::1:9000`
/// could be part of the address. The reason of a refusal names what was probably meant.
text::Parsed<Target> parse_target(std::string_view text, TargetPort expected = {});

}  // namespace threadecho::client
