#include "http/request_rules.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <cstddef>
#include <string>

#include "text/ascii.h"

namespace threadecho::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using RequestHeader = beast::http::request_header<>;

constexpr unsigned kHttp11 = 11;

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_letter_or_digit(char c) { return text::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// unreserved, sub-delims and the % of pct-encoded, RFC 3986 section 2
bool is_name_character(char c) {
  return is_letter_or_digit(c) || std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
}

// uri-host [ ":" port ], RFC 9110 section 7.2. An empty one is allowed: the target has no authority.
bool is_host(std::string_view text) {
  std::size_t end = std::min(text.find(':'), text.size());
  std::string_view name = text.substr(0, end);
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) {
      return false;
    }
    name = text.substr(1, end - 1);
    ++end;
  }
  const bool is_address = text.starts_with('[');
  const std::string_view port = text.substr(end);
  return std::ranges::all_of(name, [&](char c) { return is_name_character(c) || (is_address && c == ':'); }) &&
         (port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), text::is_digit)));
}

std::optional<Violation> check_host(const RequestHeader& header) {
  // RFC 9112 section 3.2: answer 400 to HTTP/1.1 without a Host, and to any request with several or an invalid one.
  const std::size_t hosts = header.count(field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= kHttp11)) {
    return Violation{400, "a request of HTTP/1.1 needs exactly one Host field, one of HTTP/1.0 at most one"};
  }
  const auto host = header[field::host];
  if (!is_host({host.data(), host.size()})) {
    return Violation{400, "the Host field is not a host name or address"};
  }
  return std::nullopt;
}

// The session refuses most bodies anyway. But a wrong Transfer-Encoding may be an attempt to make us and a proxy see
// different requests, and gets an answer of its own.
std::optional<Violation> check_transfer_encoding(const RequestHeader& header) {
  if (header.count(field::transfer_encoding) == 0) {
    return std::nullopt;
  }
  if (header.version() < kHttp11) {  // section 6.1: treat it as faulty framing
    return Violation{400, "HTTP/1.0 has no Transfer-Encoding"};
  }
  if (header.count(field::content_length) != 0) {  // section 6.3, point 3; Beast checks it only for chunked
    return Violation{400, "Content-Length and Transfer-Encoding contradict each other"};
  }
  std::size_t chunked = 0;
  bool ends_in_chunked = false;
  bool has_others = false;
  const auto [first, last] = header.equal_range(field::transfer_encoding);
  for (auto line = first; line != last; ++line) {
    const std::string value = std::string(line->value()) + ",";
    for (std::size_t start = 0, comma = 0; (comma = value.find(',', start)) != std::string::npos; start = comma + 1) {
      const std::string_view coding = text::trimmed(std::string_view(value).substr(start, comma - start));
      if (!coding.empty()) {
        ends_in_chunked = beast::iequals({coding.data(), coding.size()}, "chunked");
        chunked += ends_in_chunked ? 1U : 0U;
        has_others = has_others || !ends_in_chunked;
      }
    }
  }
  if (!ends_in_chunked || chunked > 1) {  // the MUST of section 6.3, point 4, comes before the 501 of section 6.1
    return Violation{400, "Transfer-Encoding must end in chunked, exactly once"};
  }
  if (has_others) {  // section 6.1
    return Violation{501, "the only supported transfer coding is chunked"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> violation(const RequestHeader& header) {
  const auto target = header.target();
  if (!std::ranges::all_of(target, is_ascii)) {  // RFC 9112 section 3.2 and RFC 3986 section 2.1
    return Violation{400, "the request target is not ASCII: percent-encode other characters"};
  }
  if (auto host = check_host(header)) {
    return host;
  }
  return check_transfer_encoding(header);
}

bool names_another_version(std::string_view text) {
  const std::size_t method_end = text.find(' ');
  const std::size_t target_end = method_end == std::string_view::npos ? method_end : text.find(' ', method_end + 1);
  if (target_end == std::string_view::npos) {
    return false;
  }
  constexpr std::string_view kShape = "HTTP/1.1";
  const std::string_view version = text.substr(target_end + 1, kShape.size());
  const bool is_version = std::ranges::equal(version, kShape, [](char given, char shape) {
    return text::is_digit(shape) ? text::is_digit(given) : given == shape;
  });
  return is_version && version != "HTTP/1.0" && version != kShape;
}

}  // namespace threadecho::http
