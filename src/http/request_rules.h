#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string_view>

namespace threadecho::http {

/// Why a request is refused. The connection is closed after the answer, because it is unclear where the next one
/// begins.
struct Violation {
  unsigned status = 400;
  std::string_view what;  ///< constant text
};

/// The rule of RFC 9110 or RFC 9112 that a header breaks and Beast does not check; nothing if the request may be
/// answered. Beast must have parsed the whole header.
std::optional<Violation> violation(const boost::beast::http::request_header<>& header);

/// Whether `text` begins with a request line that is right but for its version: "PRI * HTTP/2.0".
bool names_another_version(std::string_view text);

}  // namespace threadecho::http
