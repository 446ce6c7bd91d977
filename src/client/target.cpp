#include "client/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
#include <optional>

#include "text/as_number.h"
#include "text/ascii.h"
#include "text/escape.h"

namespace threadecho::client {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = text::as_number<std::uint16_t>(text);
  return port != 0 ? port : std::nullopt;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

/// The same address may exist on each link (RFC 4007): connect(2) says only that the argument is invalid.
bool is_link_local_without_zone(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LINKLOCAL(&address);
}

/// No host name or address has them, and labels, logs and shells need quotes for them.
constexpr std::string_view kNeverInHosts = " \"'`\\{}";

constexpr std::string_view kAfterScheme = "://";

/// What to say of a target with a scheme that is not `spoken`.
std::string foreign_scheme(std::string_view scheme, std::string_view rest, std::string_view spoken) {
  const std::string host(rest.substr(0, rest.find_first_of("/?#")));
  const bool has_port = host.find(':', host.rfind(']') == std::string::npos ? 0 : host.rfind(']')) != std::string::npos;
  const std::string port = has_port ? "" : scheme == "http" ? ":80" : scheme == "https" ? ":443" : ":PORT";
  return "is a URL, and only plain " + std::string(spoken == "tcp" ? "TCP" : "HTTP") +
         " is supported here; did you mean " + host + port + "?";
}

/// What to say of a target in which no colon and port follow the host.
std::string without_port(std::string_view text, std::uint16_t usual) {
  const std::size_t end = text.find(']');
  if (end != std::string_view::npos && parse_port(text.substr(end + 1))) {
    return "has no colon before its port; did you mean " + std::string(text.substr(0, end + 1)) + ":" +
           std::string(text.substr(end + 1)) + "?";
  }
  if (text.starts_with('[') && end == std::string_view::npos) {
    return "has no closing bracket; expected [IPv6]:PORT";
  }
  return "has no port; did you mean " + (text.empty() ? "HOST" : std::string(text)) + ":" + std::to_string(usual) + "?";
}

}  // namespace

std::string Target::to_string() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

text::Parsed<Target> parse_target(std::string_view text, TargetPort expected) {
  using ParsedTarget = text::Parsed<Target>;
  if (text::printable(text) != text) {  // first: other reasons repeat the text
    return ParsedTarget::bad("has a control character, or bytes that are not UTF-8");
  }
  if (const std::size_t end = text.find(kAfterScheme); end != std::string_view::npos) {
    const std::string scheme = text::lower(text.substr(0, end));
    text.remove_prefix(end + kAfterScheme.size());
    if (scheme != "tcp" && scheme != expected.scheme) {
      return ParsedTarget::bad(foreign_scheme(scheme, text, expected.scheme));
    }
    text.remove_suffix(text.ends_with('/') ? 1 : 0);
  }
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (colon == std::string_view::npos || (text.front() == '[' && !has_brackets)) {
    return ParsedTarget::bad(without_port(text, expected.usual));
  }
  if (has_brackets) {
    host = host.substr(1, host.size() - 2);
    if (is_link_local_without_zone(std::string(host))) {
      return ParsedTarget::bad("is a link-local address, which needs its interface: [" + std::string(host) + "%eth0]" +
                               std::string(text.substr(colon)));
    }
  } else if (host.find(':') != std::string_view::npos) {
    return ParsedTarget::bad(is_ipv6(text) || is_ipv6(host) ? "is ambiguous; an IPv6 address goes in brackets: [::1]:" +
                                                                  std::to_string(expected.usual)
                                                            : "has several colons; expected HOST:PORT or [IPv6]:PORT");
  }
  if (host.empty()) {
    return ParsedTarget::bad("has no host; expected HOST:PORT or [IPv6]:PORT");
  }
  if (host.find_first_of(kNeverInHosts) != std::string_view::npos) {
    return ParsedTarget::bad("has a space, a quote, a backslash or a brace in its host");
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) {
    return ParsedTarget::bad("has a wrong port; allowed: 1 to 65535");
  }
  return ParsedTarget::good({.host = std::string(host), .port = *port, .family = AF_UNSPEC});
}

}  // namespace threadecho::client
