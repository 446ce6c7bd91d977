#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace threadecho::config {

/// A numeric address to bind to, in a form that compares. A value.
struct BindAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< IPv4 as ::ffff:a.b.c.d
  std::string zone;                      ///< behind the `%` of an IPv6 address, else empty
};

/// From "0.0.0.0", "::1" or "fe80::1%eth0"; nothing when `text` is not numeric. Unlike getaddrinfo(3), it does not take
/// "127.1" or "0x7f.0.0.1". Only the listener finds out whether the zone exists.
std::optional<BindAddress> parse_bind_address(const std::string& text);

/// Whether a listener on `b` would find a port taken that one on `a` holds: the addresses are equal, or one of them
/// serves the other's too ("::" serves IPv6 and IPv4, "0.0.0.0" serves IPv4).
bool overlap(const BindAddress& a, const BindAddress& b);

}  // namespace threadecho::config
