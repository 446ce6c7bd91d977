#include "http/request_reader.h"

#include <cstdint>
#include <limits>
#include <string>

#include "http/limits.h"
#include "http/request_rules.h"

namespace threadecho::http {
namespace {

namespace beast = boost::beast;

constexpr char kTlsHandshake = 0x16;  // first byte of a ClientHello, RFC 8446 section 5.1

std::string_view text_of(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

}  // namespace

RequestReader::RequestReader() { start_parser(); }

void RequestReader::start_parser() {
  parser_.emplace();
  // Bodies are refused by the session, with an answer of our own. boost::none would refuse every Content-Length
  // in 1.74.
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
  parser_->header_limit(kMaxHeaderBytes);
}

RequestReader::State RequestReader::consume(beast::flat_buffer& buffer) {
  if (!begun_) {
    skip_empty_lines(buffer);
    if (header_bytes_ > kMaxHeaderBytes) {
      return reject(400, "empty lines without a request");
    }
  }
  const std::string_view text = text_of(buffer);
  if (text.empty() || (!begun_ && text == "\r")) {
    return State::kNeedsMore;
  }
  if (!begun_ && text.front() == kTlsHandshake) {
    return reject(400, "this port speaks plain HTTP, not TLS: use http://");
  }
  begun_ = true;
  if (!line_taken_) {
    is_head_ = text.starts_with("HEAD ");
    if (parser_->got_some()) {
      // A parser that has seen a part of the request line checks the rest of it only once the whole header has arrived,
      // and may then report another error than a parser that sees the line at once. So each attempt gets a new parser.
      start_parser();
    }
  }
  beast::error_code error;
  const std::size_t taken = parser_->put(buffer.data(), error);
  line_taken_ = line_taken_ || taken > 0;
  buffer.consume(taken);
  header_bytes_ += taken;
  const bool incomplete = error == beast::http::error::need_more;
  if (error == beast::http::error::header_limit || header_bytes_ > kMaxHeaderBytes ||
      (incomplete && header_bytes_ + buffer.size() >= kMaxHeaderBytes)) {
    return reject(431, "the request header is larger than " + std::to_string(kMaxHeaderBytes) + " bytes");
  }
  if (incomplete) {
    return State::kNeedsMore;
  }
  // RFC 9110 section 15.6.6. `text` still has the request line: the parser takes it whole or not at all.
  if (error == beast::http::error::bad_version && names_another_version(text)) {
    return reject(505, "this server speaks HTTP/1.0 and HTTP/1.1");
  }
  if (error) {
    return reject(400, "this is not a request of HTTP/1.0 or HTTP/1.1: " + error.message());
  }
  return check();
}

// A client may send empty lines after a request's body; RFC 9112 section 2.2 says to ignore them. They are not a
// request yet, so a client that sends nothing else is idle.
void RequestReader::skip_empty_lines(beast::flat_buffer& buffer) {
  while (text_of(buffer).starts_with("\r\n")) {
    buffer.consume(2);
    header_bytes_ += 2;
  }
}

RequestReader::State RequestReader::check() {
  if (const auto broken = violation(parser_->get())) {
    return reject(broken->status, broken->what);
  }
  return State::kComplete;
}

bool RequestReader::has_body() const {
  // Any Transfer-Encoding: Beast 1.74 takes all but "chunked" for no body, and would read the body as the next request.
  return parser_->get().count(beast::http::field::transfer_encoding) != 0 || parser_->content_length().value_or(0) > 0;
}

std::optional<std::uint64_t> RequestReader::body_size() const {
  const bool is_coded = parser_->get().count(beast::http::field::transfer_encoding) != 0;
  const auto length = parser_->content_length();
  return is_coded || !length ? std::nullopt : std::optional<std::uint64_t>(*length);
}

RequestReader::State RequestReader::reject(unsigned status, std::string_view what) {
  problem_ = error_response(status, what);
  return State::kBad;
}

Response RequestReader::problem() const {
  return problem_ ? *problem_ : error_response(400, "the connection ended within the request");
}

}  // namespace threadecho::http
