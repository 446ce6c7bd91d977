#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "net/endpoint.h"

namespace threadecho::net {

/// The header of the PROXY protocol, in which a load balancer names the client whose connection it forwards
/// (proxy-protocol.txt, https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt).

/// The longest header that is accepted, and the longest of version 1 (its section 2.1), in bytes.
inline constexpr std::size_t kMaxProxyHeaderBytes = 4096;
inline constexpr std::size_t kMaxProxyHeaderBytesV1 = 107;

/// Version 2, section 2.2: what it begins with, the command for a client's connection, the protocols TCP over IPv4 and
/// IPv6, and the type of the TLV with a CRC32c.
inline constexpr std::string_view kProxySignatureV2("\r\n\r\n\0\r\nQUIT\n", 12);
inline constexpr std::uint8_t kProxyCommand = 0x21;
inline constexpr std::uint8_t kProxyTcp4 = 0x11;
inline constexpr std::uint8_t kProxyTcp6 = 0x21;
inline constexpr std::uint8_t kProxyCrc32cType = 0x03;

struct ProxyHeader {
  enum class Kind : std::uint8_t {
    kV1,
    kV2,
    kLocal,    ///< version 2: the balancer's own connection, such as a health check
    kUnknown,  ///< the balancer names no client of TCP over IPv4 or IPv6
  };

  Kind kind = Kind::kUnknown;
  std::size_t size = 0;       ///< bytes; the client's own bytes follow
  Endpoint source = {};       ///< the client; of family AF_UNSPEC with kLocal and kUnknown
  Endpoint destination = {};  ///< what the client connected to; else AF_UNSPEC, too
};

/// The bytes are the beginning of a header, or empty.
struct IncompleteProxyHeader {};
/// The bytes are not a header, whatever follows. `reason` is one clause for people.
struct MalformedProxyHeader {
  std::string_view reason;
};

/// Reads the header of version 1 or 2 at the front of `bytes`. Reads nothing after it, and skips TLVs; a CRC32c among
/// them must be right. Does not look into the address block of a LOCAL header, as section 2.2 demands.
std::variant<IncompleteProxyHeader, ProxyHeader, MalformedProxyHeader> parse_proxy_header(
    std::span<const std::byte> bytes) noexcept;

}  // namespace threadecho::net
