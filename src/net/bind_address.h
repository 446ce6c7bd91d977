#pragma once

#include <optional>
#include <string>

#include "net/endpoint.h"

namespace threadecho::net {

/// A numeric address to bind to, in a form that compares. A value.
struct BindAddress {
  Endpoint address;  ///< without zone and port
  std::string zone;  ///< behind the `%` of an IPv6 address, else empty
};

/// From "0.0.0.0", "::1" or "fe80::1%eth0"; nothing when `text` is not numeric. Only the listener finds out whether the
/// zone exists.
std::optional<BindAddress> parse_bind_address(const std::string& text);

/// Whether a listener on `b` would find a port taken that one on `a` holds: the addresses are equal, or one of them
/// serves the other's too ("::" serves IPv6 and IPv4, "0.0.0.0" serves IPv4).
bool overlap(const BindAddress& a, const BindAddress& b);

}  // namespace threadecho::net
