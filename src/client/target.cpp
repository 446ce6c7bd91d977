#include "client/target.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

namespace threadecho::client {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

std::string Target::to_string() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

text::Parsed<Target> parse_target(std::string_view text) {
  using Result = text::Parsed<Target>;
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (colon == std::string_view::npos || (text.front() == '[' && !has_brackets)) {
    return Result::bad("has no port; expected HOST:PORT or [IPv6]:PORT");
  }
  if (has_brackets) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return Result::bad("is ambiguous; an IPv6 address goes in brackets: [::1]:9000");
  }
  if (host.empty() || host.find('\0') != std::string_view::npos) {
    return Result::bad("has no host; expected HOST:PORT or [IPv6]:PORT");
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) {
    return Result::bad("has a wrong port; allowed: 1 to 65535");
  }
  return Result::good({.host = std::string(host), .port = *port});
}

}  // namespace threadecho::client
