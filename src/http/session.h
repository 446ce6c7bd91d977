#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>

#include "http/request_reader.h"
#include "http/service.h"
#include "http/turns.h"

namespace threadecho::http {

/// One HTTP connection: reads a request, answers it, reads the next. Lives as long as an operation on its socket is
/// pending or it waits for its turn; handlers and turns own it. HTTP thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  /// Sessions that count towards Limits::max_connections, the one that has gone longest without a request first.
  /// An order by last byte would let a client stay by trickling a header that never ends.
  using List = std::list<Session*>;

  /// `service`, `turns` and `list` must outlive the session, which enters and leaves `turns` and `list` itself.
  Session(boost::asio::ip::tcp::socket socket, const Service& service, Turns& turns, List& list);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void start() { await_request(); }
  /// Closes the connection at once and leaves the list: another client needs the place.
  void evict();
  /// Its request waits for its turn.
  [[nodiscard]] bool is_waiting() const noexcept { return turn_.has_value(); }

 private:
  using error_code = boost::beast::error_code;

  void await_request();
  void read();
  void on_read(error_code error, std::size_t bytes);
  void take_request();
  void begin_body();
  void take_body();
  void answer();
  void send_answer(Response response);
  void send(Response response, bool keep_alive);
  void on_sent(error_code error);
  void linger();
  void discard();
  void on_discarded(error_code error, std::size_t bytes);
  [[nodiscard]] Request request() const;
  void touch();
  void leave_list();

  boost::beast::tcp_stream stream_;
  const Service& service_;
  Turns& turns_;
  List& list_;
  std::optional<List::iterator> position_;
  std::optional<Turns::Place> turn_;  ///< while it waits
  boost::beast::flat_buffer buffer_{kMaxHeaderBytes};
  std::optional<RequestReader> reader_;
  std::size_t body_bytes_ = 0;  ///< of the request's body, which then is in the buffer or on its way
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> message_;
  bool keep_alive_ = false;  ///< after the message being sent
  std::size_t discarded_bytes_ = 0;
};

}  // namespace threadecho::http
