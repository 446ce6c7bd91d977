#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "net/proxy_header.h"
#include "oracle.h"

/// Headers of the PROXY protocol: what is read stands in the bytes, a checksum is what a slower one computes, and more
/// bytes never change what has been decided.

namespace {

using threadecho::fuzz::demand;
using threadecho::net::IncompleteProxyHeader;
using threadecho::net::MalformedProxyHeader;
using threadecho::net::ProxyHeader;

constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kMostBytesV1 = 107;

auto parse(std::string_view bytes) { return threadecho::net::parse_proxy_header(std::as_bytes(std::span(bytes))); }

/// CRC32c a bit at a time, of `bytes` with zeros from `hole` to `hole` + 4.
std::uint32_t slow_crc(std::string_view bytes, std::size_t hole) {
  std::uint32_t rest = 0xFFFFFFFF;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const bool is_zero = at >= hole && at < hole + 4;
    rest ^= is_zero ? 0U : static_cast<std::uint8_t>(bytes[at]);
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 1U) != 0 ? (rest >> 1U) ^ 0x82F63B78U : rest >> 1U;
    }
  }
  return ~rest;
}

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(at, size)) {
    value = value * 256 + static_cast<std::uint8_t>(byte);
  }
  return value;
}

/// The addresses as they stand in the header, bytes or text.
void check_v1(std::string_view line, const ProxyHeader& header) {
  demand(line.size() <= kMostBytesV1 && line.ends_with("\r\n"), "a line of at most 107 bytes");
  if (header.kind == ProxyHeader::Kind::kUnknown) {
    demand(line.starts_with("PROXY UNKNOWN"), "what names no client says so");
    return;
  }
  const bool ipv6 = header.source.family() == AF_INET6;
  const std::string family = ipv6 ? "TCP6 " : "TCP4 ";
  const std::string written = "PROXY " + family + header.source.host() + " " + header.destination.host() + " " +
                              std::to_string(header.source.port()) + " " + std::to_string(header.destination.port()) +
                              "\r\n";
  demand(line.starts_with("PROXY " + family), "a family is the line's");
  if (!ipv6) {
    demand(line == written, "an IPv4 line that is written reads the same");
    return;
  }
  demand(std::ranges::count(line, ' ') == 5, "six words");
  const std::string ports =
      " " + std::to_string(header.source.port()) + " " + std::to_string(header.destination.port());
  demand(line.ends_with(ports + "\r\n"), "ports are the line's");
}

void check_v2(std::string_view bytes, const ProxyHeader& header) {
  demand(bytes.size() == 16 + number(bytes, 14, 2), "a header is as long as it says");
  if (header.kind == ProxyHeader::Kind::kLocal) {
    demand(bytes[12] == '\x20' && !header.source.is_known(), "a balancer's own connection names no client");
    return;
  }
  const auto protocol = static_cast<std::uint8_t>(bytes[13]);
  if (header.kind == ProxyHeader::Kind::kV2) {
    const std::size_t address_size = protocol == 0x11 ? 4 : 16;
    const auto key = [&](const auto& endpoint) {
      const auto whole = endpoint.address_key();
      return std::string(whole.begin(), whole.begin() + 16).substr(16 - address_size);
    };
    demand(bytes.substr(16, address_size) == key(header.source), "the source is the header's");
    demand(bytes.substr(16 + address_size, address_size) == key(header.destination), "so is the destination");
    demand(number(bytes, 16 + 2 * address_size, 2) == header.source.port(), "so is the source's port");
    demand(number(bytes, 18 + 2 * address_size, 2) == header.destination.port(), "so is the destination's");
  }
  if (protocol == 0) {
    return;
  }
  const std::size_t addresses = protocol >> 4U == 1 ? 12 : protocol >> 4U == 2 ? 36 : 216;
  std::size_t at = 16 + addresses;
  while (at < bytes.size()) {
    demand(at + 3 <= bytes.size(), "a TLV has a type and a length");
    const std::size_t size = number(bytes, at + 1, 2);
    if (bytes[at] == 3) {
      demand(size == 4 && slow_crc(bytes, at + 3) == number(bytes, at + 3, 4), "a checksum is right");
    }
    at += 3 + size;
  }
  demand(at == bytes.size(), "TLVs end with the header");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = threadecho::fuzz::as_text({data, std::min(size, kMostBytes + 1)});
  const auto parsed = parse(bytes);
  if (const auto* const malformed = std::get_if<MalformedProxyHeader>(&parsed)) {
    demand(!malformed->reason.empty() && threadecho::fuzz::is_printable(malformed->reason), "a refusal has a reason");
    const auto again = parse(std::string(bytes) + "x");
    demand(std::holds_alternative<MalformedProxyHeader>(again), "what is malformed stays so");
    return 0;
  }
  const auto* const header = std::get_if<ProxyHeader>(&parsed);
  if (header == nullptr) {
    demand(bytes.size() < kMostBytes, "4 KiB are enough to decide");
    return 0;
  }
  demand(header->size <= bytes.size() && header->size <= kMostBytes, "a header is part of the bytes");
  const std::string_view read = bytes.substr(0, header->size);
  for (std::size_t shorter = 0; shorter < read.size(); ++shorter) {
    demand(std::holds_alternative<IncompleteProxyHeader>(parse(read.substr(0, shorter))),
           "its beginning is incomplete");
  }
  if (read.starts_with("PROXY")) {
    check_v1(read, *header);
  } else {
    check_v2(read, *header);
  }
  return 0;
}
