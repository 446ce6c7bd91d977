#include "client/http_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "client/connector.h"

namespace threadecho::client {
namespace {

namespace http = boost::beast::http;

using Result = std::variant<HttpAnswer, Failure>;

Failure broken(int error_number) {
  const auto error = errno_code(error_number);
  return {kind_of(error, Stage::kConnected), "the connection broke: " + error.message()};
}

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

Result read_answer(int fd, HttpPart part, Deadline deadline, SignalFd* signals) {
  http::response_parser<http::string_body> parser;
  parser.eager(part == HttpPart::kAll);
  std::string unread;  // the parser wants a line as a whole
  std::array<char, 4096> chunk;
  while (part == HttpPart::kAll ? !parser.is_done() : !parser.is_header_done()) {
    // Checked here too: poll never times out on a server that sends byte by byte.
    if (std::chrono::steady_clock::now() >= deadline || wait_for(fd, POLLIN, deadline, signals) != Waited::kReady) {
      return Failure{FailureKind::kEchoTimeout, "no answer in time"};
    }
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got == 0) {
      return Failure{FailureKind::kClosedEarly, parser.is_header_done()
                                                    ? "the connection was closed within the answer"
                                                    : "the connection was closed without an answer"};
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
      return Failure{FailureKind::kOther, "the answer is not HTTP (" + error.message() + ")"};
    }
  }
  return HttpAnswer{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
}

}  // namespace

Result http_exchange(const std::vector<net::Endpoint>& servers, const HttpRequest& request, Deadline deadline,
                     SignalFd* signals, HttpPart part) {
  const Connected connected = connect_to_any(servers, time_left(deadline), signals);
  if (signals != nullptr && signals->signal()) {
    return Failure{FailureKind::kOther, "interrupted"};
  }
  if (!connected.fd) {
    return connect_failure(connected.attempts);
  }
  if (!send_request(connected.fd.get(), request)) {
    return broken(errno);
  }
  return read_answer(connected.fd.get(), part, deadline, signals);
}

std::string host_field(const net::Endpoint& server) {
  std::string text = server.to_string();
  if (const std::size_t zone = text.find('%'); zone != std::string::npos) {
    text.erase(zone, text.rfind(']') - zone);
  }
  return text;
}

text::Parsed<HttpAnswer> http_get(const net::Endpoint& server, const std::string& path, Deadline deadline,
                                  SignalFd* signals, HttpPart part) {
  auto answer = http_exchange({server}, {.path = path, .host = host_field(server)}, deadline, signals, part);
  const auto* const failure = std::get_if<Failure>(&answer);
  return failure != nullptr ? text::Parsed<HttpAnswer>::bad(failure->text)
                            : text::Parsed<HttpAnswer>::good(std::get<HttpAnswer>(std::move(answer)));
}

}  // namespace threadecho::client
