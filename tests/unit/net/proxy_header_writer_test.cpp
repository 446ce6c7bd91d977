#include "net/proxy_header_writer.h"

#include <gtest/gtest.h>

#include <span>
#include <variant>

#include "net/proxy_header.h"

namespace threadecho::net {
namespace {

Endpoint at(const char* address, std::uint16_t port) { return Endpoint::parse(address, port).value(); }

ProxyHeader read_back(const std::string& header) {
  return std::get<ProxyHeader>(parse_proxy_header(std::as_bytes(std::span(header))));
}

TEST(ProxyHeaderWriter, IsWhatAServerReads) {
  for (const auto version : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
    for (const auto& [source, destination] :
         {std::pair(at("192.0.2.1", 4711), at("192.0.2.2", 9000)), std::pair(at("2001:db8::1", 65535), at("::1", 1))}) {
      const std::string header = write_proxy_header(version, source, destination);
      const ProxyHeader read = read_back(header);
      EXPECT_EQ(read.kind == ProxyHeader::Kind::kV1, version == ProxyProtocol::kV1);
      EXPECT_EQ(read.size, header.size());
      EXPECT_EQ(read.source.to_string(), source.to_string());
      EXPECT_EQ(read.destination.to_string(), destination.to_string());
    }
  }
}

TEST(ProxyHeaderWriter, IsALineInVersionOneAndHasAChecksumInVersionTwo) {
  EXPECT_EQ(write_proxy_header(ProxyProtocol::kV1, at("192.0.2.1", 4711), at("192.0.2.2", 9000)),
            "PROXY TCP4 192.0.2.1 192.0.2.2 4711 9000\r\n");
  EXPECT_EQ(write_proxy_header(ProxyProtocol::kV1, at("fe80::1%lo", 1), at("::1", 2)),
            "PROXY TCP6 fe80::1 ::1 1 2\r\n");
  std::string header = write_proxy_header(ProxyProtocol::kV2, at("192.0.2.1", 4711), at("192.0.2.2", 9000));
  EXPECT_EQ(header.size(), 16U + 12U + 7U);
  header.back() = static_cast<char>(header.back() ^ 1);
  EXPECT_TRUE(std::holds_alternative<MalformedProxyHeader>(parse_proxy_header(std::as_bytes(std::span(header)))));
}

}  // namespace
}  // namespace threadecho::net
