#include "support/test_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <system_error>

#include "net/tcp.h"

namespace threadecho::test {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

TestClient::TestClient(const net::Endpoint& server, int receive_buffer, int send_buffer)
    : fd_(::socket(server.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (!fd_) {
    fail("socket");
  }
  if (receive_buffer > 0) {
    net::set_option(fd_.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
  }
  if (send_buffer > 0) {
    net::set_option(fd_.get(), SOL_SOCKET, SO_SNDBUF, send_buffer);
  }
  net::set_option(fd_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  net::set_receive_timeout(fd_.get(), kPatience);
  net::set_send_timeout(fd_.get(), kPatience);
  if (::connect(fd_.get(), server.address(), server.length()) != 0) {
    fail("connect");
  }
}

void TestClient::send(std::string_view bytes) const {
  if (!try_send(bytes)) {
    fail("send");
  }
}

std::size_t TestClient::send_until_broken(std::string_view bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t taken = ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (taken < 0) {
      break;
    }
    sent += static_cast<std::size_t>(taken);
  }
  return sent;
}

std::string TestClient::receive(std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::recv(fd_.get(), bytes.data() + have, size - have, 0);
    if (got < 0) {
      fail("recv");
    }
    if (got == 0) {
      throw std::runtime_error("the server closed after " + std::to_string(have) + " of " + std::to_string(size) +
                               " bytes");
    }
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string TestClient::echo(std::string_view bytes) const {
  send(bytes);
  return receive(bytes.size());
}

TestClient::Rest TestClient::receive_rest() const {
  Rest rest;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      rest.error_number = got == 0 ? 0 : errno;
      return rest;
    }
    rest.bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void TestClient::half_close() const { ::shutdown(fd_.get(), SHUT_WR); }

void TestClient::reset() {
  net::reset_on_close(fd_.get());
  fd_.reset();
}

net::Endpoint loopback(const net::Endpoint& bound, std::string_view address) {
  return net::Endpoint::parse(std::string(address), bound.port()).value();
}

std::string random_bytes(std::size_t size, std::uint32_t seed) {
  // Eight at a time: a generator called for every byte is what tests with sanitizers spent most of their time on.
  std::mt19937_64 engine(seed);
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = engine();
    std::memcpy(&bytes[at], &word, std::min(sizeof(word), size - at));
  }
  return bytes;
}

}  // namespace threadecho::test
