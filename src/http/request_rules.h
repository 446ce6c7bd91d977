#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string_view>

namespace threadecho::http {

/// Why a request is refused; the connection is closed after the answer, because where the next one begins is in doubt.
struct Violation {
  unsigned status = 400;
  std::string_view what;  ///< constant text
};

/// What a header breaks of RFC 9110 and RFC 9112 that Beast lets pass; nothing when it may be answered. It must be one
/// that Beast has parsed whole.
std::optional<Violation> violation(const boost::beast::http::request_header<>& header);

/// Whether `text` begins with a request line that is right but for its version: "PRI * HTTP/2.0".
bool names_another_version(std::string_view text);

}  // namespace threadecho::http
