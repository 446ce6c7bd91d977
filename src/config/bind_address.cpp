#include "config/bind_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>

namespace threadecho::config {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_ipv4(const BindAddress& address) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

bool serves(const BindAddress& wide, const BindAddress& narrow) {
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  if (std::all_of(wide.bytes.begin(), wide.bytes.end(), is_zero)) {
    return true;
  }
  return is_ipv4(wide) && is_ipv4(narrow) &&
         std::all_of(wide.bytes.begin() + kMappedPrefix.size(), wide.bytes.end(), is_zero);
}

}  // namespace

std::optional<BindAddress> parse_bind_address(const std::string& text) {
  // inet_pton reads a C string, and would take the part before a NUL for the whole.
  if (text.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  BindAddress address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data() + kMappedPrefix.size()) == 1) {
    return address;
  }
  const std::size_t percent = text.find('%');
  if (percent != std::string::npos) {
    address.zone = text.substr(percent + 1);
    if (address.zone.empty()) {
      return std::nullopt;
    }
  }
  if (inet_pton(AF_INET6, text.substr(0, percent).c_str(), address.bytes.data()) == 1) {
    return address;
  }
  return std::nullopt;
}

bool overlap(const BindAddress& a, const BindAddress& b) {
  return (a.bytes == b.bytes && a.zone == b.zone) || serves(a, b) || serves(b, a);
}

}  // namespace threadecho::config
