#pragma once

#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "text/parsed.h"

namespace threadecho::net {

/// A network in CIDR notation: the addresses that share its first bits. A value.
class Network {
 public:
  /// From "10.0.0.0/8", "2001:db8::/32", or a single address. Bad if `text` is none of these, if it has host bits set
  /// ("10.0.0.1/8"), or if it is IPv4 written as IPv6 ("::ffff:10.0.0.0/104"). The reason continues the text, as in
  /// "10.0.0.1/8 has host bits set".
  static text::Parsed<Network> parse(std::string_view text);

  /// An IPv4-mapped IPv6 address counts as IPv4, which no IPv6 network contains; zones do not count.
  [[nodiscard]] bool contains(const Endpoint& endpoint) const noexcept;
  /// "10.0.0.0/8"
  [[nodiscard]] std::string to_string() const;

 private:
  Network(const Endpoint& first, unsigned bits) noexcept : first_(first), bits_(bits) {}

  /// How many bits of an AddressKey must agree.
  [[nodiscard]] unsigned key_bits() const noexcept;

  Endpoint first_;
  unsigned bits_;  ///< of the address as it is written
};

}  // namespace threadecho::net
