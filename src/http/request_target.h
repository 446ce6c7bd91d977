#pragma once

#include <string_view>

namespace threadecho::http {

/// The path of a request target, without query and fragment: "/metrics" of "/metrics?x=1" and of "http://host/metrics",
/// which RFC 9112 section 3.2.2 requires us to accept. Empty when there is none, as in "*" and "host:443".
std::string_view path_of(std::string_view target);

/// The host that a request is for, HOST[:PORT]. A target in absolute form has precedence over the Host field, RFC 9112
/// section 3.2.2.
std::string_view authority_of(std::string_view target, std::string_view host_field);

}  // namespace threadecho::http
