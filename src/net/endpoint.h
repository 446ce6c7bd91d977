#pragma once

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace threadecho::net {

/// The address of a peer without its port, in a form that compares and hashes: 16 bytes of IPv6 (IPv4 as
/// ::ffff:a.b.c.d), then 4 of a link-local address's zone, which are 0 for all others. A link-local address is unique
/// on its link only (RFC 4007): without the zone, two hosts on two links would share one client's limit.
using AddressKey = std::array<std::uint8_t, 20>;

/// Text of bounded length, stored in the object itself: an idle thread writes its log line without using the heap.
class EndpointText {
 public:
  [[nodiscard]] std::string_view view() const noexcept { return {characters_.data(), size_}; }
  void append(std::string_view text) noexcept;
  void append_number(std::uint32_t number) noexcept;
  /// The name of the interface with this index, or the index.
  void append_zone(std::uint32_t zone) noexcept;

 private:
  /// An address, '%' and a zone, then brackets, colon and port.
  std::array<char, INET6_ADDRSTRLEN + IF_NAMESIZE + 8> characters_{};
  std::size_t size_ = 0;
};

/// An IPv4 or IPv6 address with its port. A value of 32 bytes; an IPv4-mapped IPv6 address is shown and counted as
/// IPv4.
class Endpoint {
 public:
  Endpoint() noexcept;
  /// Anything that is neither IPv4 nor IPv6 is "unknown".
  Endpoint(const sockaddr* address, socklen_t length) noexcept;

  /// From a numeric address ("::", "127.0.0.1", "fe80::1%eth0"); nothing when `address` is not one. No name look-ups.
  static std::optional<Endpoint> parse(const std::string& address, std::uint16_t port);
  /// The same for what people write, with inet_pton(3): unlike getaddrinfo(3), it takes neither "127.1" nor octal or
  /// hexadecimal numbers. No zone; the port is 0.
  static std::optional<Endpoint> parse_strictly(const std::string& address);
  /// The local end of a socket, for example to learn the port that `0` became.
  static Endpoint local_of(int fd);

  /// Of family AF_INET or AF_INET6.
  [[nodiscard]] bool is_known() const noexcept { return family() != AF_UNSPEC; }
  [[nodiscard]] sa_family_t family() const noexcept { return storage_.sin6_family; }
  /// IPv4, or IPv4 mapped to IPv6.
  [[nodiscard]] bool is_ipv4() const noexcept;
  /// "0.0.0.0" or "::", which stand for all addresses of this host.
  [[nodiscard]] bool is_any() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] AddressKey address_key() const noexcept;
  /// "192.0.2.1:9000", "[2001:db8::1]:9000" or, link-local, "[fe80::1%eth0]:9000" (RFC 4007): parse() and a TARGET
  /// accept this form. The zone is a number if the interface has no name any more.
  [[nodiscard]] EndpointText text() const noexcept;
  [[nodiscard]] std::string to_string() const { return std::string(text().view()); }
  /// "192.0.2.1", "2001:db8::1" or "fe80::1%eth0"
  [[nodiscard]] std::string host() const;
  [[nodiscard]] const sockaddr* address() const noexcept;
  [[nodiscard]] socklen_t length() const noexcept;

 private:
  sockaddr_in6 storage_{};  ///< the larger of the two; its family says which it is
};

}  // namespace threadecho::net
