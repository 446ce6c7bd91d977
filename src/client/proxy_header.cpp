#include "client/proxy_header.h"

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "cli/value_kinds.h"
#include "net/crc32c.h"

namespace threadecho::client {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr char kProxyCommand = '\x21';
constexpr char kTcp4 = '\x11';
constexpr char kTcp6 = '\x21';
constexpr char kChecksumType = '\x03';
constexpr std::size_t kChecksumBytes = 4;

/// The last `bytes` bytes of a number, the first one first.
std::string big_endian(std::uint32_t number, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte, number >>= 8U) {
    *byte = static_cast<char>(number & 0xFFU);
  }
  return text;
}

std::string address_bytes(const net::Endpoint& endpoint, bool ipv6) {
  const net::AddressKey key = endpoint.address_key();  // IPv4 as ::ffff:a.b.c.d
  const std::string_view all(reinterpret_cast<const char*>(key.data()), sizeof(in6_addr));
  return std::string(ipv6 ? all : all.substr(sizeof(in6_addr) - sizeof(in_addr)));
}

std::string line_v1(const net::Endpoint& source, const net::Endpoint& destination) {
  const bool ipv6 = source.family() == AF_INET6;
  const auto without_zone = [](const std::string& host) { return host.substr(0, host.find('%')); };
  return std::string("PROXY ") + (ipv6 ? "TCP6 " : "TCP4 ") + without_zone(source.host()) + " " +
         without_zone(destination.host()) + " " + std::to_string(source.port()) + " " +
         std::to_string(destination.port()) + "\r\n";
}

std::string bytes_v2(const net::Endpoint& source, const net::Endpoint& destination) {
  const bool ipv6 = source.family() == AF_INET6;
  std::string block = address_bytes(source, ipv6) + address_bytes(destination, ipv6) + big_endian(source.port(), 2) +
                      big_endian(destination.port(), 2);
  block.append({kChecksumType}).append(big_endian(kChecksumBytes, 2)).append(kChecksumBytes, '\0');
  std::string header(kSignature);
  header.append({kProxyCommand, ipv6 ? kTcp6 : kTcp4});
  header.append(big_endian(static_cast<std::uint32_t>(block.size()), 2)).append(block);
  // Of the header with zeros in its place, section 2.2.3.
  const std::uint32_t checksum = net::crc32c(std::as_bytes(std::span(header)));
  return header.replace(header.size() - kChecksumBytes, kChecksumBytes, big_endian(checksum, kChecksumBytes));
}

cli::ValueKind<ProxyProtocol> proxy_protocol() {
  return cli::choice<ProxyProtocol>({{"v1", ProxyProtocol::kV1}, {"v2", ProxyProtocol::kV2}});
}

}  // namespace

cli::Option row_of(std::optional<ProxyProtocol>& version) {
  return cli::option("--proxy-protocol", "VERSION", version, proxy_protocol(), "",
                     "begin each connection with a PROXY header: v1 or v2, as a load balancer does");
}

std::optional<std::string> name_of(const std::optional<ProxyProtocol>& version) {
  return version ? std::optional(proxy_protocol().show(*version)) : std::nullopt;
}

std::string proxy_header(ProxyProtocol version, const net::Endpoint& source, const net::Endpoint& destination) {
  return version == ProxyProtocol::kV1 ? line_v1(source, destination) : bytes_v2(source, destination);
}

void send_proxy_header(const std::optional<ProxyProtocol>& version, int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (!version || ::getpeername(fd, address, &length) != 0) {
    return;
  }
  const std::string header = proxy_header(*version, net::Endpoint::local_of(fd), {address, length});
  ::send(fd, header.data(), header.size(), MSG_NOSIGNAL | MSG_DONTWAIT);  // a new socket has room for it
}

}  // namespace threadecho::client
