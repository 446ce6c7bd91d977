#include "http/allowed_hosts.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>

#include "net/bind_address.h"

namespace threadecho::http {
namespace {

constexpr std::string_view kLocalhost = "localhost";

bool is_same_name(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

bool is_ip_address(std::string_view text) { return net::parse_bind_address(std::string(text)).has_value(); }

}  // namespace

bool AllowedHosts::is_allowed(std::string_view authority) const {
  if (names_.empty() || authority.empty()) {
    return true;
  }
  if (authority.starts_with('[')) {
    return is_ip_address(authority.substr(1, authority.find(']') - 1));
  }
  std::string_view name = authority.substr(0, authority.find(':'));
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  return is_same_name(name, kLocalhost) || is_ip_address(name) ||
         std::ranges::any_of(names_, [name](const std::string& allowed) { return is_same_name(name, allowed); });
}

}  // namespace threadecho::http
