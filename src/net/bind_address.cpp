#include "net/bind_address.h"

#include <cstddef>
#include <utility>

namespace threadecho::net {
namespace {

bool serves(const Endpoint& wide, const Endpoint& narrow) {
  return wide.is_any() && (!wide.is_ipv4() || narrow.is_ipv4());
}

}  // namespace

std::optional<BindAddress> parse_bind_address(const std::string& text) {
  const std::size_t percent = text.find('%');
  const auto address = Endpoint::parse_strictly(text.substr(0, percent));
  if (!address || percent == std::string::npos) {
    return address ? std::optional(BindAddress{*address, {}}) : std::nullopt;
  }
  std::string zone = text.substr(percent + 1);
  const bool may_be_zone = address->family() == AF_INET6 && !zone.empty() && zone.find('\0') == std::string::npos;
  return may_be_zone ? std::optional(BindAddress{*address, std::move(zone)}) : std::nullopt;
}

bool overlap(const BindAddress& a, const BindAddress& b) {
  const bool are_equal = a.address.address_key() == b.address.address_key() && a.zone == b.zone;
  return are_equal || serves(a.address, b.address) || serves(b.address, a.address);
}

}  // namespace threadecho::net
