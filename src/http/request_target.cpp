#include "http/request_target.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <cstddef>
#include <optional>

namespace threadecho::http {
namespace {

/// "http://user@host:80/path?query" without its scheme, in two parts.
struct AbsoluteForm {
  std::string_view authority;  ///< "user@host:80"
  std::string_view rest;       ///< "/path?query", or as much of it as there is
};

// Schemes are case-insensitive, RFC 3986 section 3.1.
bool has_scheme(std::string_view target, std::string_view scheme) {
  return target.size() >= scheme.size() &&
         boost::beast::iequals({target.data(), scheme.size()}, {scheme.data(), scheme.size()});
}

std::optional<AbsoluteForm> absolute_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (has_scheme(target, scheme)) {
      const std::string_view text = target.substr(scheme.size());
      const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
      return AbsoluteForm{text.substr(0, end), text.substr(end)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view path_of(std::string_view target) {
  if (const auto absolute = absolute_form(target)) {
    if (absolute->authority.empty()) {
      return {};  // RFC 9110 section 4.2.1: without a host it is no URI of this scheme
    }
    target = absolute->rest.starts_with('/') ? absolute->rest : "/";
  }
  return target.starts_with('/') ? target.substr(0, target.find_first_of("?#")) : std::string_view();
}

std::string_view authority_of(std::string_view target, std::string_view host_field) {
  const auto absolute = absolute_form(target);
  if (!absolute) {
    return host_field;
  }
  const std::size_t user_end = absolute->authority.rfind('@');
  return user_end == std::string_view::npos ? absolute->authority : absolute->authority.substr(user_end + 1);
}

}  // namespace threadecho::http
