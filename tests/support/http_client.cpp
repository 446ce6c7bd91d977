#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "net/tcp.h"
#include "support/eventually.h"

namespace threadecho::test {

HttpClient::HttpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  net::set_receive_timeout(fd_.get(), kPatience);
  net::set_send_timeout(fd_.get(), kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN) {
        throw std::runtime_error("the server does not read");
      }
      broken_by_ = errno;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }

bool HttpClient::ends_within(std::chrono::milliseconds time) const {
  pollfd entry{fd_.get(), POLLRDHUP, 0};
  return ::poll(&entry, 1, static_cast<int>(time.count())) == 1;
}

bool HttpClient::receive() {
  std::array<char, 16384> chunk;
  const ssize_t received = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
  if (received < 0 && errno == EAGAIN) {
    throw std::runtime_error("the server neither answers nor closes; so far: " + buffer_);
  }
  if (received <= 0) {
    broken_by_ = received < 0 ? errno : broken_by_;
    return false;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(received));
  return true;
}

HttpAnswer HttpClient::read_header() {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!receive()) {
      fail("the connection ended before the answer did: " + buffer_);
    }
    end = buffer_.find("\r\n\r\n");
  }
  HttpAnswer answer;
  const std::string header = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  std::size_t line = header.find("\r\n");
  answer.version = header.substr(0, header.find(' '));
  answer.status = std::stoi(header.substr(header.find(' ') + 1));
  for (line += 2; line < header.size(); line = header.find("\r\n", line) + 2) {
    const std::size_t colon = header.find(": ", line);
    std::string name = header.substr(line, colon - line);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char character) { return static_cast<char>(std::tolower(character)); });
    answer.headers[name] = header.substr(colon + 2, header.find("\r\n", line) - colon - 2);
  }
  return answer;
}

HttpAnswer HttpClient::read_answer() {
  HttpAnswer answer = read_header();
  const std::size_t length = std::stoul(answer.headers.at("content-length"));
  while (buffer_.size() < length) {
    if (!receive()) {
      fail("the connection ended within a body");
    }
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

HttpAnswer HttpClient::read_head_answer() { return read_header(); }

std::string HttpClient::read_to_end() {
  while (receive()) {
  }
  // An end of file hides a reset that comes behind it from recv(2). It shows once the server's kernel has answered our
  // own end.
  finish_sending();
  if (broken_by_ == 0) {
    if (!eventually([this] { return net::is_closed(fd_.get()); })) {
      fail("the server does not take the client's end of file");
    }
    broken_by_ = net::take_error(fd_.get());
  }
  if (broken_by_ != 0) {
    fail("the connection did not end in order");
  }
  return std::move(buffer_);
}

std::string HttpClient::read_to_any_end() {
  while (receive()) {
  }
  return std::move(buffer_);
}

void HttpClient::fail(const std::string& what) const {
  throw std::runtime_error(broken_by_ == 0 ? what : what + ": " + std::generic_category().message(broken_by_));
}

std::string request_text(std::string_view method, std::string_view path, bool keep_alive) {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  return text.append(keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

HttpAnswer http_get(std::uint16_t port, std::string_view path) {
  HttpClient client(port);
  client.send(request_text("GET", path, false));
  return client.read_answer();
}

}  // namespace threadecho::test
