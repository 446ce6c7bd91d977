#include "net/proxy_header_writer.h"

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "net/crc32c.h"
#include "net/proxy_header.h"

namespace threadecho::net {
namespace {

constexpr std::size_t kChecksumBytes = 4;

/// The last `bytes` bytes of a number, the first one first.
std::string big_endian(std::uint32_t number, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte, number >>= 8U) {
    *byte = static_cast<char>(number & 0xFFU);
  }
  return text;
}

std::string address_bytes(const Endpoint& endpoint, bool ipv6) {
  const AddressKey key = endpoint.address_key();  // IPv4 as ::ffff:a.b.c.d
  const std::string_view all(reinterpret_cast<const char*>(key.data()), sizeof(in6_addr));
  return std::string(ipv6 ? all : all.substr(sizeof(in6_addr) - sizeof(in_addr)));
}

std::string line_v1(const Endpoint& source, const Endpoint& destination) {
  const bool ipv6 = source.family() == AF_INET6;
  const auto without_zone = [](const std::string& host) { return host.substr(0, host.find('%')); };
  return std::string("PROXY ") + (ipv6 ? "TCP6 " : "TCP4 ") + without_zone(source.host()) + " " +
         without_zone(destination.host()) + " " + std::to_string(source.port()) + " " +
         std::to_string(destination.port()) + "\r\n";
}

std::string bytes_v2(const Endpoint& source, const Endpoint& destination) {
  const bool ipv6 = source.family() == AF_INET6;
  std::string block = address_bytes(source, ipv6) + address_bytes(destination, ipv6) + big_endian(source.port(), 2) +
                      big_endian(destination.port(), 2);
  block.append(big_endian(kProxyCrc32cType, 1)).append(big_endian(kChecksumBytes, 2)).append(kChecksumBytes, '\0');
  std::string header(kProxySignatureV2);
  header += big_endian(kProxyCommand, 1) + big_endian(ipv6 ? kProxyTcp6 : kProxyTcp4, 1);
  header.append(big_endian(static_cast<std::uint32_t>(block.size()), 2)).append(block);
  // Of the header with zeros in its place, section 2.2.3.
  const std::uint32_t checksum = crc32c(std::as_bytes(std::span(header)));
  return header.replace(header.size() - kChecksumBytes, kChecksumBytes, big_endian(checksum, kChecksumBytes));
}

}  // namespace

std::string write_proxy_header(ProxyProtocol version, const Endpoint& source, const Endpoint& destination) {
  return version == ProxyProtocol::kV1 ? line_v1(source, destination) : bytes_v2(source, destination);
}

}  // namespace threadecho::net
