#include "http/session.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/write.hpp>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "http/request_target.h"

namespace threadecho::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;

beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }
std::string_view to_std(beast::string_view text) { return {text.data(), text.size()}; }

/// In the format of RFC 9110 section 5.6.7; independent of the locale, which this program leaves at "C".
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

Response misdirected(std::string_view host) {
  return error_response(421, "HTTP_ALLOWED_HOSTS does not list the host of this request: " + excerpt(host));
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const Service& service, Turns& turns, List& list)
    : stream_(std::move(socket)), service_(service), turns_(turns), list_(list) {
  position_ = list_.insert(list_.end(), this);
}

Session::~Session() { leave_list(); }

void Session::evict() {
  const auto self = shared_from_this();  // the turn may be its only owner
  leave_list();
  stream_.close();
  if (turn_) {
    turns_.leave(*turn_);
    turn_.reset();
  }
}

void Session::await_request() {
  reader_.emplace();
  buffer_.consume(std::exchange(body_bytes_, 0));
  stream_.expires_after(service_.limits.idle);
  take_request();  // a client that sends requests without waiting for answers has the next one in the buffer already
}

void Session::take_request() {
  const bool begun = reader_->has_begun();
  switch (reader_->consume(buffer_)) {
    case RequestReader::State::kNeedsMore:
      if (!begun && reader_->has_begun()) {
        stream_.expires_after(service_.limits.request);  // for the whole header, however many reads it takes
      }
      return read();
    case RequestReader::State::kComplete:
      return begin_body();
    case RequestReader::State::kBad:
      return send(reader_->problem(), false);
  }
}

/// A body that the handler allows is read before the answer. Any other is left where it is.
void Session::begin_body() {
  const std::size_t limit = service_.handler.body_limit ? service_.handler.body_limit(request()) : 0;
  if (!reader_->has_body() || limit == 0) {
    return answer();
  }
  const auto size = reader_->body_size();
  if (!size) {
    return send(error_response(411, "a body needs a Content-Length"), false);
  }
  if (*size > limit) {
    return send(error_response(413, "the body is larger than " + std::to_string(limit) + " bytes"), false);
  }
  body_bytes_ = static_cast<std::size_t>(*size);
  stream_.expires_after(service_.limits.request);  // for the whole body
  const bool is_expected = beast::iequals(reader_->request()[field::expect], "100-continue");
  if (!is_expected || buffer_.size() > 0 || reader_->request().version() < 11) {
    return take_body();
  }
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";  // RFC 9110 section 10.1.1
  asio::async_write(stream_, asio::buffer(kContinue), [self = shared_from_this()](error_code error, std::size_t) {
    if (!error) {
      self->read();
    }
  });
}

void Session::take_body() {
  if (buffer_.size() < body_bytes_) {
    return read();
  }
  answer();
}

void Session::read() {
  stream_.async_read_some(buffer_.prepare(buffer_.max_size() - buffer_.size()),
                          beast::bind_front_handler(&Session::on_read, shared_from_this()));
}

void Session::on_read(error_code error, std::size_t bytes) {
  buffer_.commit(bytes);
  if (!error) {
    return body_bytes_ > 0 ? take_body() : take_request();
  }
  // The client may have closed only its own direction, and then still reads. After any other error it does not.
  if (error == asio::error::eof && reader_->has_begun()) {
    send(reader_->problem(), false);
  }
}

void Session::answer() {
  touch();
  if (!service_.allowed_hosts.is_allowed(request().host)) {
    send_answer(misdirected(request().host));
  } else if (service_.handler.is_costly(request())) {
    const auto self = shared_from_this();
    turn_ = turns_.enter({.target = std::string(request().target),
                          .make = [self] { return self->service_.handler.respond(self->request()); },
                          .deliver =
                              [self](const Response& response) {
                                self->turn_.reset();
                                self->send_answer(response);
                              }});
  } else {
    send_answer(service_.handler.respond(request()));
  }
}

void Session::send_answer(Response response) {
  const bool body_is_taken = body_bytes_ > 0;
  if (reader_->has_body() && !body_is_taken && response.status < 400) {
    response = error_response(413, "a request with a body is not accepted");
  }
  send(std::move(response), reader_->keep_alive(body_is_taken));
}

Request Session::request() const {
  const auto& header = reader_->request();
  const std::string_view target = to_std(header.target());
  const auto* const received = static_cast<const char*>(buffer_.data().data());
  return {.method = to_std(header.method_string()),
          .target = target,
          .host = authority_of(target, to_std(header[field::host])),
          .content_type = to_std(header[field::content_type]),
          .has_origin = header.count(field::origin) > 0,
          .body = {received, std::min(body_bytes_, buffer_.size())}};
}

void Session::send(Response response, bool keep_alive) {
  const auto& request = reader_->request();
  keep_alive_ = keep_alive;
  auto& message = message_.emplace();
  message.version(request.version() == 10 ? 10 : 11);
  message.result(response.status);
  message.set(field::server, "threadecho");
  message.set(field::date, http_date());
  const bool has_content = response.status != kNoContent;
  if (has_content) {
    message.set(field::content_type, to_beast(response.content_type));
  }
  message.set(field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  for (const Header& header : response.headers) {
    message.set(to_beast(header.name), to_beast(header.value));
  }
  message.keep_alive(keep_alive);
  if (has_content) {  // RFC 9110, 8.6: a 204 has no Content-Length
    message.content_length(response.body.size());
  }
  if (!reader_->is_head()) {
    message.body() = std::move(response.body);
  }
  stream_.expires_after(service_.limits.write);
  beast::http::async_write(stream_, message,
                           [self = shared_from_this()](error_code error, std::size_t) { self->on_sent(error); });
}

void Session::on_sent(error_code error) {
  message_.reset();
  if (error) {
    return;
  }
  touch();
  if (keep_alive_) {
    await_request();
  } else {
    linger();
  }
}

/// Closing while the client still sends would draw RST, which can destroy the answer before the client has read it:
/// first we end our direction, then we read on until the client ends its own.
void Session::linger() {
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(service_.limits.linger);
  buffer_.clear();
  discard();
}

void Session::discard() {
  stream_.async_read_some(buffer_.prepare(buffer_.max_size()),
                          beast::bind_front_handler(&Session::on_discarded, shared_from_this()));
}

void Session::on_discarded(error_code error, std::size_t bytes) {
  discarded_bytes_ += bytes;
  if (!error && discarded_bytes_ < kMaxDiscardedBytes) {
    discard();
  }
}

void Session::touch() {
  if (position_) {
    list_.splice(list_.end(), list_, *position_);
  }
}

void Session::leave_list() {
  if (position_) {
    list_.erase(*position_);
    position_.reset();
  }
}

}  // namespace threadecho::http
