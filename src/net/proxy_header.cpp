#include "net/proxy_header.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "net/crc32c.h"
#include "text/as_number.h"

namespace threadecho::net {
namespace {

using Bytes = std::span<const std::byte>;
using Result = std::variant<IncompleteProxyHeader, ProxyHeader, MalformedProxyHeader>;
using Mistake = std::optional<MalformedProxyHeader>;

constexpr std::string_view kSignatureV1 = "PROXY ";
constexpr std::size_t kPrefixBytesV2 = 16;
constexpr std::size_t kTlvPrefixBytes = 3;

/// A known value of the 14th byte of version 2, and the length of the addresses that follow with it.
struct Protocol {
  std::uint8_t byte;
  std::size_t address_bytes;
};
constexpr std::uint8_t kUnspecified = 0x00;
constexpr std::array<Protocol, 7> kProtocols = {
    {{kUnspecified, 0}, {kProxyTcp4, 12}, {0x12, 12}, {kProxyTcp6, 36}, {0x22, 36}, {0x31, 216}, {0x32, 216}}};

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::uint8_t byte_at(Bytes bytes, std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); }

std::size_t number_at(Bytes bytes, std::size_t at) {
  return std::size_t{byte_at(bytes, at)} * 256 + byte_at(bytes, at + 1);
}

bool is_prefix(std::string_view text, std::string_view signature) {
  return signature.starts_with(text.substr(0, signature.size()));
}

template <typename Address>
Endpoint endpoint_of(const Address& address) {
  return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
}

Endpoint endpoint_of_ipv4(const void* address, in_port_t port) {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = port;
  std::memcpy(&ipv4.sin_addr, address, sizeof ipv4.sin_addr);
  return endpoint_of(ipv4);
}

Endpoint endpoint_of_ipv6(const void* address, in_port_t port) {
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = port;
  std::memcpy(&ipv6.sin6_addr, address, sizeof ipv6.sin6_addr);
  return endpoint_of(ipv6);
}

/// Removes the first word of the line, and the space after it, and returns the word.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

/// Decimal, without leading zeros: section 2.1.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  const bool has_leading_zero = text.size() > 1 && text[0] == '0';
  return has_leading_zero ? std::nullopt : text::as_number<std::uint16_t>(text);
}

std::optional<Endpoint> parse_endpoint(bool ipv6, std::string_view address, std::string_view port_text) {
  std::array<char, INET6_ADDRSTRLEN> text{};  // ends in NUL, inet_pton(3)
  const auto port = parse_port(port_text);
  if (!port || address.size() >= text.size() || address.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::ranges::copy(address, text.begin());
  in6_addr parsed{};
  if (::inet_pton(ipv6 ? AF_INET6 : AF_INET, text.data(), &parsed) != 1) {
    return std::nullopt;
  }
  return ipv6 ? endpoint_of_ipv6(&parsed, htons(*port)) : endpoint_of_ipv4(&parsed, htons(*port));
}

Result parse_v1_line(std::string_view line, ProxyHeader header) {
  line.remove_prefix(kSignatureV1.size());
  const std::string_view protocol = take_word(line);
  if (protocol == "UNKNOWN") {
    return header;  // section 2.1: ignore the rest of the line
  }
  if (protocol != "TCP4" && protocol != "TCP6") {
    return MalformedProxyHeader{"its protocol is not TCP4, TCP6 or UNKNOWN"};
  }
  const bool ipv6 = protocol == "TCP6";
  const std::string_view source = take_word(line);
  const std::string_view destination = take_word(line);
  const std::string_view source_port = take_word(line);
  // The last word is the whole rest of the line: if it contains a space, it is not a number.
  const auto from = parse_endpoint(ipv6, source, source_port);
  const auto to = parse_endpoint(ipv6, destination, line);
  if (!from || !to) {
    return MalformedProxyHeader{"its addresses or ports are not valid"};
  }
  header.kind = ProxyHeader::Kind::kV1;
  header.source = *from;
  header.destination = *to;
  return header;
}

Result parse_v1(std::string_view text) {
  text = text.substr(0, kMaxProxyHeaderBytesV1);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    if (text.size() == kMaxProxyHeaderBytesV1) {
      return MalformedProxyHeader{"no end of line within 107 bytes"};
    }
    return IncompleteProxyHeader{};
  }
  if (text[end - 1] != '\r') {
    return MalformedProxyHeader{"its line does not end in CR LF"};
  }
  return parse_v1_line(text.substr(0, end - 1), {.kind = ProxyHeader::Kind::kUnknown, .size = end + 1});
}

/// Whether `value`, which lies in `header`, is the CRC32c of the header with zeros in place of that value.
bool is_checksum(Bytes header, Bytes value) {
  const auto before = static_cast<std::size_t>(value.data() - header.data());
  constexpr std::array<std::byte, sizeof(std::uint32_t)> kZeros{};
  std::uint32_t crc = crc32c(header.first(before));
  crc = crc32c(kZeros, crc);
  crc = crc32c(header.subspan(before + value.size()), crc);
  return crc == number_at(value, 0) * 65536 + number_at(value, 2);
}

Mistake mistake_in_tlvs(Bytes header, std::size_t first) {
  for (Bytes rest = header.subspan(first); !rest.empty();) {
    if (rest.size() < kTlvPrefixBytes || rest.size() - kTlvPrefixBytes < number_at(rest, 1)) {
      return MalformedProxyHeader{"a TLV is longer than the header"};
    }
    const Bytes value = rest.subspan(kTlvPrefixBytes, number_at(rest, 1));
    if (byte_at(rest, 0) == kProxyCrc32cType &&
        (value.size() != sizeof(std::uint32_t) || !is_checksum(header, value))) {
      return MalformedProxyHeader{"its checksum is wrong"};
    }
    rest = rest.subspan(kTlvPrefixBytes + value.size());
  }
  return std::nullopt;
}

/// `header` is the complete header.
Result parse_v2_addresses(Bytes header, const Protocol& protocol) {
  if (header.size() < kPrefixBytesV2 + protocol.address_bytes) {
    return MalformedProxyHeader{"it is shorter than its addresses"};
  }
  // Without a protocol, nothing says where the TLVs begin.
  if (protocol.byte != kUnspecified) {
    if (const auto mistake = mistake_in_tlvs(header, kPrefixBytesV2 + protocol.address_bytes)) {
      return *mistake;
    }
  }
  ProxyHeader read{.kind = ProxyHeader::Kind::kUnknown, .size = header.size()};
  if (protocol.byte != kProxyTcp4 && protocol.byte != kProxyTcp6) {
    return read;
  }
  const auto* const addresses = header.data() + kPrefixBytesV2;
  const std::size_t address_size = (protocol.address_bytes - 2 * sizeof(in_port_t)) / 2;
  std::array<in_port_t, 2> ports{};
  std::memcpy(ports.data(), addresses + 2 * address_size, sizeof ports);
  const auto endpoint = protocol.byte == kProxyTcp6 ? endpoint_of_ipv6 : endpoint_of_ipv4;
  read.kind = ProxyHeader::Kind::kV2;
  read.source = endpoint(addresses, ports[0]);
  read.destination = endpoint(addresses + address_size, ports[1]);
  return read;
}

Result parse_v2(Bytes bytes) {
  constexpr std::uint8_t kLocalCommand = 0x20;
  const std::uint8_t command = bytes.size() > 12 ? byte_at(bytes, 12) : kLocalCommand;
  if (command != kLocalCommand && command != kProxyCommand) {
    return MalformedProxyHeader{"its version or command is not known"};
  }
  if (bytes.size() < kPrefixBytesV2) {
    return IncompleteProxyHeader{};
  }
  const std::size_t size = kPrefixBytesV2 + number_at(bytes, 14);
  if (size > kMaxProxyHeaderBytes) {
    return MalformedProxyHeader{"it is longer than 4 KiB"};
  }
  const auto* const protocol = std::ranges::find(kProtocols, byte_at(bytes, 13), &Protocol::byte);
  if (command == kProxyCommand && protocol == kProtocols.end()) {
    return MalformedProxyHeader{"its address family or protocol is not known"};
  }
  if (bytes.size() < size) {
    return IncompleteProxyHeader{};
  }
  if (command == kLocalCommand) {
    return ProxyHeader{.kind = ProxyHeader::Kind::kLocal, .size = size};
  }
  return parse_v2_addresses(bytes.first(size), *protocol);
}

}  // namespace

Result parse_proxy_header(Bytes bytes) noexcept {
  const std::string_view text = as_text(bytes);
  if (is_prefix(text, kSignatureV1)) {
    return parse_v1(text);
  }
  if (is_prefix(text, kProxySignatureV2)) {
    return parse_v2(bytes);
  }
  return MalformedProxyHeader{"it begins with neither signature"};
}

}  // namespace threadecho::net
