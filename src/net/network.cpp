#include "net/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "text/as_number.h"

namespace threadecho::net {
namespace {

constexpr unsigned kIpv4Bits = 32;
constexpr unsigned kIpv6Bits = 128;

/// Whether the two addresses have the same first bits.
bool have_common_prefix(const AddressKey& one, const AddressKey& other, unsigned bits) {
  const std::size_t bytes = bits / 8;
  const unsigned rest = bits % 8;
  return std::equal(one.begin(), one.begin() + bytes, other.begin()) &&
         (rest == 0 || ((one.at(bytes) ^ other.at(bytes)) >> (8 - rest)) == 0);
}

/// "10.0.0.0" of 10.0.0.1/8
std::string first_address(const Endpoint& address, unsigned bits) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  ::inet_pton(address.family(), address.host().c_str(), bytes.data());
  for (unsigned bit = bits; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.family(), bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace

text::Parsed<Network> Network::parse(std::string_view text) {
  using ParsedNetwork = text::Parsed<Network>;
  constexpr const char* kNoNetwork = "is not a network in CIDR notation";
  const std::size_t slash = text.find('/');
  const auto first = Endpoint::parse_strictly(std::string(text.substr(0, slash)));
  if (!first) {
    return ParsedNetwork::bad(kNoNetwork);
  }
  const unsigned most = first->family() == AF_INET ? kIpv4Bits : kIpv6Bits;
  const bool is_single = slash == std::string_view::npos;
  const unsigned bits = is_single ? most : text::as_number<unsigned>(text.substr(slash + 1)).value_or(most + 1);
  if (bits > most) {
    return ParsedNetwork::bad(kNoNetwork);
  }
  if (first->family() == AF_INET6 && first->is_ipv4()) {
    return ParsedNetwork::bad("is IPv4 written as IPv6; write it as IPv4");
  }
  const std::string begin = first_address(*first, bits);
  if (begin != first->host()) {
    const std::string prefix(text.substr(slash));
    return ParsedNetwork::bad("has host bits set; did you mean " + begin + prefix + "?");
  }
  return ParsedNetwork::good(Network(*first, bits));
}

unsigned Network::key_bits() const noexcept {
  return first_.family() == AF_INET ? kIpv6Bits - kIpv4Bits + bits_ : bits_;
}

bool Network::contains(const Endpoint& endpoint) const noexcept {
  return endpoint.is_known() && endpoint.is_ipv4() == first_.is_ipv4() &&
         have_common_prefix(first_.address_key(), endpoint.address_key(), key_bits());
}

std::string Network::to_string() const { return first_.host() + "/" + std::to_string(bits_); }

}  // namespace threadecho::net
