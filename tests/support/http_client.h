#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::test {

struct HttpAnswer {
  int status = 0;
  std::string version;                         ///< "HTTP/1.1"
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A client of 127.0.0.1 that sends any bytes and reads answers one by one. Every wait ends after kPatience
/// with std::runtime_error, so that a server that hangs fails a test instead of stopping it.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);

  /// Ignores that the peer has closed the connection: the next read shows it.
  void send(std::string_view bytes);
  /// Ends our direction, as a client does that has nothing more to send but still reads.
  void finish_sending();
  /// The next answer; its body as Content-Length says. Throws when the connection ends before it does.
  HttpAnswer read_answer();
  /// As read_answer(), of a HEAD request: there is no body, whatever Content-Length says.
  HttpAnswer read_head_answer();
  /// Everything up to the end of file. Then ends our direction and waits until the kernel has finished the connection.
  /// Throws when the server resets it, before the end of file or after it.
  std::string read_to_end();
  /// Everything up to the end of the connection, whether it is closed or reset.
  std::string read_to_any_end();
  [[nodiscard]] net::Endpoint local() const { return net::Endpoint::local_of(fd_.get()); }
  /// A send or a read has failed: the server has reset the connection.
  [[nodiscard]] bool is_broken() const noexcept { return broken_by_ != 0; }
  /// Whether the server closes or resets the connection within this time. Reads nothing.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const;

 private:
  bool receive();
  [[noreturn]] void fail(const std::string& what) const;
  HttpAnswer read_header();

  net::Fd fd_;
  int broken_by_ = 0;  ///< an errno value
  std::string buffer_;
};

/// "GET <path> HTTP/1.1" with a Host, and with "Connection: close" unless `keep_alive`.
std::string request_text(std::string_view method, std::string_view path, bool keep_alive = true);

/// One request on a connection of its own.
HttpAnswer http_get(std::uint16_t port, std::string_view path);

}  // namespace threadecho::test
