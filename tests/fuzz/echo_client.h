#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

#include "client/wait.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/tcp.h"
#include "oracle.h"

namespace threadecho::fuzz {

/// What a client sends: a stream without end, of which each client has another part. Its period is a prime, so that a
/// piece that is lost, repeated or swapped is seen.
class Stream {
 public:
  explicit Stream(std::size_t start) : start_(start) {}

  /// The bytes from `place` on, at most so many.
  [[nodiscard]] std::string_view at(std::size_t place, std::size_t most) const {
    const std::size_t offset = (start_ + place) % kPeriod;
    return std::string_view(bytes()).substr(offset, most);
  }

 private:
  static constexpr std::size_t kPeriod = 65'521;
  static const std::string& bytes() {
    static const std::string random_bytes = [] {
      std::minstd_rand engine(1);
      std::string random(kPeriod, '\0');
      std::ranges::generate(random, [&engine] { return static_cast<char>(engine() >> 8U); });
      return random;
    }();
    return random_bytes;
  }

  std::size_t start_;
};

/// How long anything is waited for; far longer than it takes.
inline constexpr std::chrono::seconds kPatience{20};

/// With the last system call's error.
inline std::string because(std::string_view what) {
  return std::string(what).append(": ").append(std::generic_category().message(errno));
}

/// One client, which never waits. It demands that what it reads is what it sent, in order, and that only itself
/// ends the connection.
class Client {
 public:
  Client(const net::Endpoint& server, int receive_buffer, std::size_t stream)
      : fd_(::socket(server.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), stream_(stream) {
    if (receive_buffer > 0) {
      net::set_option(fd_.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
    }
    // A connect that blocks would be interrupted by libFuzzer's alarm.
    const int status = ::connect(fd_.get(), server.address(), server.length());
    demand(status == 0 || errno == EINPROGRESS, because("a client can begin to connect"));
    const auto waited = client::wait_for(fd_.get(), POLLOUT, std::chrono::steady_clock::now() + kPatience, nullptr);
    errno = waited == client::Waited::kReady ? net::take_error(fd_.get()) : ETIMEDOUT;
    demand(errno == 0, because("a client can connect"));
  }

  /// As much of it as there is room for.
  void send(std::size_t size) {
    while (size > 0 && !is_half_closed_) {
      const std::string_view bytes = stream_.at(sent_, size);
      const ssize_t taken = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (taken < 0) {
        demand(errno == EAGAIN, because("no client that sends is stopped"));
        return;
      }
      sent_ += static_cast<std::size_t>(taken);
      size -= static_cast<std::size_t>(taken);
    }
  }

  /// As much of it as has arrived.
  void read(std::size_t size) {
    char buffer[65'536];
    while (size > 0 && !is_at_end_) {
      const ssize_t got = ::recv(fd_.get(), buffer, std::min(size, sizeof buffer), 0);
      if (got < 0) {
        demand(errno == EAGAIN, because("no client is reset"));
        return;
      }
      is_at_end_ = got == 0;
      demand(!is_at_end_ || (is_half_closed_ && read_ == sent_), "a client's end comes after all of its echo");
      compare({buffer, static_cast<std::size_t>(got)});
      size -= static_cast<std::size_t>(got);
    }
  }

  void half_close() {
    ::shutdown(fd_.get(), SHUT_WR);
    is_half_closed_ = true;
  }

  /// Before it goes: with a reset instead of an end.
  void reset() { net::reset_on_close(fd_.get()); }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t received() const { return read_; }
  [[nodiscard]] bool is_at_end() const { return is_at_end_; }

 private:
  void compare(std::string_view got) {
    demand(read_ + got.size() <= sent_, "no client receives more than it sent");
    while (!got.empty()) {
      const std::string_view expected = stream_.at(read_, got.size());
      demand(got.starts_with(expected), "what comes back is what was sent");
      read_ += expected.size();
      got.remove_prefix(expected.size());
    }
  }

  net::Fd fd_;
  Stream stream_;
  std::size_t sent_ = 0;
  std::size_t read_ = 0;
  bool is_half_closed_ = false;
  bool is_at_end_ = false;
};

}  // namespace threadecho::fuzz
