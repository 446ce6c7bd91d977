#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/parsed.h"

namespace threadecho::client {

/// The server that a client command talks to: `localhost:9000`, `192.0.2.1:9000` or `[2001:db8::1]:9000`.
struct Target {
  std::string host;  ///< a name or a numeric address, without brackets
  std::uint16_t port = 0;

  /// As it was given: an IPv6 address has its brackets.
  [[nodiscard]] std::string to_string() const;
};

/// Reads HOST:PORT. An IPv6 address needs brackets: the end of `::1:9000` could be part of the address.
text::Parsed<Target> parse_target(std::string_view text);

}  // namespace threadecho::client
