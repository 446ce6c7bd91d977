#pragma once

#include <string_view>

namespace threadecho::http {

/// The path of a request target, without query and fragment: "/metrics" of "/metrics?x=1" and, since RFC 9112 section
/// 3.2.2 wants it accepted, of "http://host/metrics". Empty when there is none, as in "*" and "host:443".
std::string_view path_of(std::string_view target);

/// What a request is for, HOST[:PORT]: of a target in absolute form, which then counts instead of the Host field, RFC
/// 9112 section 3.2.2; else what the Host field says.
std::string_view authority_of(std::string_view target, std::string_view host_field);

}  // namespace threadecho::http
