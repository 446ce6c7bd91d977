#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::http {

inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";
inline constexpr std::string_view kHtmlType = "text/html; charset=utf-8";
inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

/// A header field beside those that every answer has. Borrows its text, which must be constant.
struct Header {
  std::string_view name;
  std::string_view value;
};

inline constexpr unsigned kNoContent = 204;

/// What a handler answers; the session makes an HTTP message of it.
struct Response {
  unsigned status = 200;
  std::string_view content_type = kTextType;
  std::string body;
  std::vector<Header> headers = {};
};

/// `value`, indented; invalid UTF-8 in it becomes U+FFFD. Only for answers that are made before the server starts: the
/// destructor of an nlohmann object or array allocates, and without memory that ends the process.
Response json_response(const nlohmann::ordered_json& value);

/// 204 with `allowed`, the methods of a path. The text must outlive the response.
Response options_response(std::string_view allowed);

/// The first bytes of what a client sent, for an error that it is shown.
std::string excerpt(std::string_view sent);

/// `{"error": "<what>"}`; invalid UTF-8 in `what` becomes U+FFFD.
Response error_response(unsigned status, std::string_view what);

}  // namespace threadecho::http
