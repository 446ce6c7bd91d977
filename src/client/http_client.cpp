#include "client/http_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "client/connector.h"
#include "client/failure.h"

namespace threadecho::client {
namespace {

namespace http = boost::beast::http;

using Result = text::Parsed<HttpAnswer>;

/// How much of an answer to read.
enum class Until { kHeaderDone, kDone };

Result broken(int error_number) { return Result::bad("the connection broke: " + errno_code(error_number).message()); }

/// A request fits into any socket's buffer: it goes out in one piece or not at all.
bool send_request(int fd, const HttpRequest& request) {
  std::string text =
      request.method + " " + request.path + " HTTP/1.1\r\nHost: " + request.host + "\r\nConnection: close\r\n";
  if (!request.body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  text += "\r\n" + request.body;
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

Result read_answer(int fd, Until until, Deadline deadline, SignalFd* signals) {
  http::response_parser<http::string_body> parser;
  parser.eager(until == Until::kDone);
  std::string unread;  // the parser wants a line as a whole
  std::array<char, 4096> chunk;
  while (until == Until::kDone ? !parser.is_done() : !parser.is_header_done()) {
    // Checked here too: poll never times out on a server that sends byte by byte.
    if (std::chrono::steady_clock::now() >= deadline || wait_for(fd, POLLIN, deadline, signals) != Waited::kReady) {
      return Result::bad("no answer in time");
    }
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got == 0) {
      return Result::bad(parser.is_header_done() ? "the connection was closed within the answer"
                                                 : "the connection was closed without an answer");
    }
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) {
        continue;
      }
      return broken(errno);
    }
    unread.append(chunk.data(), static_cast<std::size_t>(got));
    boost::beast::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(unread), error);
    unread.erase(0, used);
    if (error && error != http::error::need_more) {
      return Result::bad("the answer is not HTTP (" + error.message() + ")");
    }
  }
  return Result::good({.status = parser.get().result_int(), .body = std::move(parser.get().body())});
}

Result exchange(const std::vector<net::Endpoint>& servers, const HttpRequest& request, Until until, Deadline deadline,
                SignalFd* signals) {
  const Connected connected = connect_to_any(servers, time_left(deadline), signals);
  if (signals != nullptr && signals->signal()) {
    return Result::bad("interrupted");
  }
  if (!connected.fd) {
    return Result::bad(connect_failure(connected.attempts).text);
  }
  if (!send_request(connected.fd.get(), request)) {
    return broken(errno);
  }
  return read_answer(connected.fd.get(), until, deadline, signals);
}

Result get(const net::Endpoint& server, const std::string& path, Until until, Deadline deadline, SignalFd* signals) {
  return exchange({server}, {.path = path, .host = host_field(server)}, until, deadline, signals);
}

}  // namespace

text::Parsed<HttpAnswer> http_exchange(const std::vector<net::Endpoint>& servers, const HttpRequest& request,
                                       Deadline deadline) {
  return exchange(servers, request, Until::kDone, deadline, nullptr);
}

std::string host_field(const net::Endpoint& server) {
  std::string text = server.to_string();
  if (const std::size_t zone = text.find('%'); zone != std::string::npos) {
    text.erase(zone, text.rfind(']') - zone);
  }
  return text;
}

text::Parsed<HttpAnswer> http_get(const net::Endpoint& server, const std::string& path, Deadline deadline,
                                  SignalFd* signals) {
  return get(server, path, Until::kDone, deadline, signals);
}

text::Parsed<unsigned> http_get_status(const net::Endpoint& server, const std::string& path, Deadline deadline) {
  const auto answer = get(server, path, Until::kHeaderDone, deadline, nullptr);
  return answer.ok() ? text::Parsed<unsigned>::good(answer.value().status)
                     : text::Parsed<unsigned>::bad(answer.reason());
}

}  // namespace threadecho::client
