#pragma once

#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/response.h"

namespace threadecho::http {

/// Reads one request header out of a client's bytes and says what is wrong with it; does no input or output itself.
/// Beast parses. The size is counted here, because Beast applies its header limit to each field on its own: a client
/// could send fields without end.
class RequestReader {
 public:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
  enum class State { kNeedsMore, kComplete, kBad };

  RequestReader();

  /// Takes from the front of `buffer` what belongs to the header, and leaves what follows it. Empty lines before it are
  /// skipped.
  State consume(boost::beast::flat_buffer& buffer);

  /// Any byte of a request has been seen.
  [[nodiscard]] bool has_begun() const noexcept { return begun_; }
  /// The answer to a request that is kBad, or that ended where it kNeedsMore. The connection must then be closed.
  [[nodiscard]] Response problem() const;
  /// The request is HEAD, so that its answer has no body. Known even if the rest of the request is unreadable.
  [[nodiscard]] bool is_head() const noexcept { return is_head_; }
  /// What was read of it.
  [[nodiscard]] const Parser::value_type& request() const { return parser_->get(); }
  /// Once kComplete: a body follows. Unless the caller takes it, the connection must be closed after the answer.
  [[nodiscard]] bool has_body() const;
  /// Its size, if Content-Length says it.
  [[nodiscard]] std::optional<std::uint64_t> body_size() const;
  /// Once kComplete: the client may send another request, if its body is taken, or there is none.
  [[nodiscard]] bool keep_alive(bool body_is_taken = false) const {
    return parser_->keep_alive() && (body_is_taken || !has_body());
  }

 private:
  State reject(unsigned status, std::string_view what);
  void start_parser();
  void skip_empty_lines(boost::beast::flat_buffer& buffer);
  State check();

  std::optional<Parser> parser_;
  bool is_head_ = false;
  bool line_taken_ = false;       ///< the request line
  std::size_t header_bytes_ = 0;  ///< taken from buffers so far
  bool begun_ = false;
  std::optional<Response> problem_;
};

}  // namespace threadecho::http
