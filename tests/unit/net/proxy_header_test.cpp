#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "net/crc32c.h"

namespace threadecho::net {
namespace {

using Kind = ProxyHeader::Kind;
using namespace std::string_literals;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string ipv4_addresses = "\xC0\0\x02\x01\xC0\0\x02\x02\x12\x67\x23\x28"s;  // 192.0.2.1:4711 to 192.0.2.2:9000

auto parse(std::string_view bytes) { return parse_proxy_header(std::as_bytes(std::span(bytes))); }

bool is_incomplete(std::string_view bytes) { return std::holds_alternative<IncompleteProxyHeader>(parse(bytes)); }

ProxyHeader header(std::string_view bytes) {
  const auto parsed = parse(bytes);
  if (const auto* const malformed = std::get_if<MalformedProxyHeader>(&parsed)) {
    ADD_FAILURE() << malformed->reason;
  }
  return std::get<ProxyHeader>(parsed);
}

std::string mistake(std::string_view bytes) {
  const auto parsed = parse(bytes);
  const auto* const malformed = std::get_if<MalformedProxyHeader>(&parsed);
  return malformed == nullptr ? "" : std::string(malformed->reason);
}

std::string two_bytes(std::size_t number) { return {static_cast<char>(number / 256), static_cast<char>(number % 256)}; }

std::string v2(char command, char protocol, const std::string& block) {
  return signature + command + protocol + two_bytes(block.size()) + block;
}

std::string tlv(char type, const std::string& value) { return type + two_bytes(value.size()) + value; }

/// With the checksum at its end, which is the last TLV.
std::string with_checksum(char protocol, const std::string& block) {
  std::string bytes = v2('\x21', protocol, block + tlv('\x03', std::string(4, '\0')));
  const std::uint32_t crc = crc32c(std::as_bytes(std::span(bytes)));
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[bytes.size() - 4 + i] = static_cast<char>(crc >> (24 - 8 * i));
  }
  return bytes;
}

// RFC 3720, appendix B.4.
TEST(Crc32c, IsThatOfTheRfc) {
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) {
    ascending += byte;
  }
  const auto crc_of = [](std::string_view text) { return crc32c(std::as_bytes(std::span(text))); };
  EXPECT_EQ(crc_of(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc_of(std::string(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc_of(ascending), 0x46DD794EU);
  EXPECT_EQ(crc_of("123456789"), 0xE3069283U);
  const std::string_view rest = "56789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(rest)), crc_of("1234")), 0xE3069283U) << "in two parts";
}

// proxy-protocol.txt, section 2.1.
TEST(ProxyHeaderV1, NamesTheClient) {
  const std::string line = "PROXY TCP4 255.255.255.255 255.255.255.254 65535 65534\r\n";
  const ProxyHeader ipv4 = header(line + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(ipv4.kind, Kind::kV1);
  EXPECT_EQ(ipv4.size, line.size());
  EXPECT_EQ(ipv4.source.to_string(), "255.255.255.255:65535");
  EXPECT_EQ(ipv4.destination.to_string(), "255.255.255.254:65534");
  const ProxyHeader ipv6 = header("PROXY TCP6 2001:db8::1 ffff:f:f:f:f:f:f:ffff 0 1\r\n");
  EXPECT_EQ(ipv6.source.to_string(), "[2001:db8::1]:0");
  EXPECT_EQ(ipv6.destination.to_string(), "[ffff:f:f:f:f:f:f:ffff]:1");
}

TEST(ProxyHeaderV1, MayNotKnowTheClient) {
  const std::string worst =
      "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
  ASSERT_EQ(worst.size(), kMaxProxyHeaderBytesV1);
  for (const std::string& line : {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN \0 anything\r\n"s, worst}) {
    EXPECT_EQ(header(line + "x").kind, Kind::kUnknown) << line;
    EXPECT_EQ(header(line + "x").size, line.size());
    EXPECT_FALSE(header(line).source.is_known());
  }
}

TEST(ProxyHeaderV1, IsIncompleteUntilItsLineEnds) {
  const std::string line = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n";
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_TRUE(is_incomplete(line.substr(0, size))) << size;
  }
  EXPECT_TRUE(is_incomplete("PROXY " + std::string(kMaxProxyHeaderBytesV1 - 7, 'x')));
  EXPECT_EQ(mistake("PROXY " + std::string(kMaxProxyHeaderBytesV1 - 6, 'x')), "no end of line within 107 bytes");
}

TEST(ProxyHeaderV1, HasNoOtherForm) {
  for (const std::string& rest : {"TCP4 192.0.2.1 192.0.2.2 1\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 1 2 \r\n"s,
                                  "TCP4  192.0.2.1 192.0.2.2 1 2\r\n"s,
                                  "TCP4 192.0.2.1\t192.0.2.2 1 2\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 1 65536\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 -1 2\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 01 2\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 1 +2\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2 1 2a\r\n"s,
                                  "TCP4 192.0.2.1 192.0.2.2  2\r\n"s,
                                  "TCP4 192.0.2 192.0.2.2 1 2\r\n"s,
                                  "TCP4 192.0.2.01 192.0.2.2 1 2\r\n"s,
                                  "TCP4 192.0.2.256 192.0.2.2 1 2\r\n"s,
                                  "TCP4 ::1 ::1 1 2\r\n"s,
                                  "TCP6 192.0.2.1 192.0.2.2 1 2\r\n"s,
                                  "TCP6 ::1%lo ::1 1 2\r\n"s,
                                  "TCP6 [::1] ::1 1 2\r\n"s,
                                  "TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n"s,
                                  "TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n"s,
                                  "TCP4 \r\n"s,
                                  "TCP4\r\n"s,
                                  "TCP4 1234567890123456789012345678901234567890123456 192.0.2.2 1 2\r\n"s}) {
    EXPECT_NE(mistake("PROXY " + rest), "") << rest;
  }
  for (const std::string& rest : {"TCP5 192.0.2.1 192.0.2.2 1 2\r\n"s, "tcp4 192.0.2.1 192.0.2.2 1 2\r\n"s,
                                  "UDP4 192.0.2.1 192.0.2.2 1 2\r\n"s, "UNKNOWNS\r\n"s, "\r\n"s, " UNKNOWN\r\n"s}) {
    EXPECT_EQ(mistake("PROXY " + rest), "its protocol is not TCP4, TCP6 or UNKNOWN") << rest;
  }
  EXPECT_EQ(mistake("PROXY UNKNOWN\n"), "its line does not end in CR LF");
  EXPECT_EQ(mistake("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n\r\n"), "its line does not end in CR LF");
}

// Section 2.2.
TEST(ProxyHeaderV2, NamesTheClient) {
  const std::string bytes = v2('\x21', '\x11', ipv4_addresses);
  EXPECT_EQ(bytes.size(), 28U);
  const ProxyHeader ipv4 = header(bytes + "hello");
  EXPECT_EQ(ipv4.kind, Kind::kV2);
  EXPECT_EQ(ipv4.size, bytes.size());
  EXPECT_EQ(ipv4.source.to_string(), "192.0.2.1:4711");
  EXPECT_EQ(ipv4.destination.to_string(), "192.0.2.2:9000");
  const std::string addresses = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01" + std::string(15, '\0') + "\x01";
  const ProxyHeader ipv6 = header(v2('\x21', '\x21', addresses + "\xFF\xFF\0\x50"s));
  EXPECT_EQ(ipv6.source.to_string(), "[2001:db8::1]:65535");
  EXPECT_EQ(ipv6.destination.to_string(), "[::1]:80");
}

TEST(ProxyHeaderV2, OfTheBalancerItselfIsSkippedWhateverItHolds) {
  for (const std::string& block : {""s, ipv4_addresses, "\x03\0"s, std::string(4080, 'x')}) {
    for (const char protocol : {'\0', '\x11', '\x7F'}) {
      const ProxyHeader local = header(v2('\x20', protocol, block) + "x");
      EXPECT_EQ(local.kind, Kind::kLocal);
      EXPECT_EQ(local.size, 16 + block.size());
      EXPECT_FALSE(local.source.is_known());
    }
  }
}

TEST(ProxyHeaderV2, MayNameNoClientOfTcp) {
  const std::vector<std::pair<char, std::size_t>> protocols = {
      {'\0', 0}, {'\x12', 12}, {'\x22', 36}, {'\x31', 216}, {'\x32', 216}};
  for (const auto& [protocol, address_bytes] : protocols) {
    const ProxyHeader unknown = header(v2('\x21', protocol, std::string(address_bytes, 'x')));
    EXPECT_EQ(unknown.kind, Kind::kUnknown);
    EXPECT_EQ(unknown.size, 16 + address_bytes);
    EXPECT_FALSE(unknown.source.is_known());
    EXPECT_EQ(mistake(v2('\x21', protocol, std::string(address_bytes == 0 ? 0 : address_bytes - 1, 'x'))),
              address_bytes == 0 ? "" : "it is shorter than its addresses");
  }
  EXPECT_EQ(header(v2('\x21', '\0', "anything")).size, 24U) << "nothing says what this is";
}

TEST(ProxyHeaderV2, IsIncompleteUntilItsLastByte) {
  const std::string bytes = v2('\x21', '\x11', ipv4_addresses + tlv('\x04', "padding"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(is_incomplete(bytes.substr(0, size))) << size;
  }
  EXPECT_EQ(header(bytes).size, bytes.size());
}

TEST(ProxyHeaderV2, MayCarryTlvs) {
  const std::string tlvs = tlv('\x01', "h2") + tlv('\x04', "") + tlv('\x20', std::string(300, '\0')) + tlv('\xEA', "x");
  EXPECT_EQ(header(v2('\x21', '\x11', ipv4_addresses + tlvs)).source.to_string(), "192.0.2.1:4711");
  const std::string longest = tlv('\x04', std::string(kMaxProxyHeaderBytes - 16 - 12 - 3, 'x'));
  EXPECT_EQ(header(v2('\x21', '\x11', ipv4_addresses + longest)).size, kMaxProxyHeaderBytes);
  EXPECT_EQ(mistake(v2('\x21', '\x11', ipv4_addresses + longest + "x")), "it is longer than 4 KiB");
  EXPECT_EQ(mistake(signature + "\x21\x11\xFF\xFF"), "it is longer than 4 KiB") << "known before it comes";
  for (const std::string& wrong : {"\x04"s, "\x04\0"s, "\x04\0\x01"s, tlv('\x04', "") + "\x04\xFF\xFF"s}) {
    EXPECT_EQ(mistake(v2('\x21', '\x11', ipv4_addresses + wrong)), "a TLV is longer than the header");
  }
}

TEST(ProxyHeaderV2, IsHeldAgainstItsChecksum) {
  const std::string good = with_checksum('\x11', ipv4_addresses + tlv('\x04', "x"));
  EXPECT_EQ(header(good).source.to_string(), "192.0.2.1:4711");
  EXPECT_EQ(header(with_checksum('\x31', std::string(216, 'x'))).kind, Kind::kUnknown);
  const std::vector<std::size_t> addresses_value_and_checksum = {16, 20, 24, 27, 31, 35, 36, 37, 38};
  for (const std::size_t at : addresses_value_and_checksum) {
    std::string changed = good;
    changed.at(at) = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(mistake(changed), "its checksum is wrong") << at;
  }
  for (const std::string& value : {""s, "123"s, "12345"s}) {
    EXPECT_EQ(mistake(v2('\x21', '\x11', ipv4_addresses + tlv('\x03', value))), "its checksum is wrong");
  }
}

TEST(ProxyHeaderV2, HasNoOtherVersionCommandOrProtocol) {
  for (const char command : {'\x11', '\x31', '\x22', '\x2F', '\0'}) {
    EXPECT_EQ(mistake(signature + command), "its version or command is not known") << "known at once";
  }
  for (const char protocol : {'\x01', '\x02', '\x10', '\x13', '\x20', '\x23', '\x30', '\x41', '\xFF'}) {
    EXPECT_EQ(mistake(v2('\x21', protocol, std::string(216, 'x'))), "its address family or protocol is not known");
  }
}

TEST(ProxyHeaderOfEitherVersion, IsRefusedWithItsFirstWrongByte) {
  EXPECT_TRUE(is_incomplete(""));
  for (const std::string& bytes :
       {"G"s, "PROXX"s, "proxy TCP4"s, "PROXY\tTCP4"s, "\n"s, "\r\n\r\r"s, "\r\n\r\n\0\r\nQUIT\r"s, "\r\n\r\nPROXY"s}) {
    EXPECT_EQ(mistake(bytes), "it begins with neither signature") << bytes;
  }
}

}  // namespace
}  // namespace threadecho::net
