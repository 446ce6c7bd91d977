#include "client/echo_exchange.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "client/payload.h"
#include "text/escape.h"

namespace threadecho::client {
namespace {

constexpr std::size_t kReceiveAtOnce = std::size_t{64} * 1024;

/// One message on its way there and back.
class Exchange {
 public:
  Exchange(int fd, std::span<const std::byte> message, AfterSending after)
      : fd_(fd), message_(message), after_(after) {}

  [[nodiscard]] bool is_done() const {
    return echoed_ == message_.size() && (after_ == AfterSending::kStayOpen || has_ended_);
  }
  [[nodiscard]] short events() const { return static_cast<short>(wants_to_send() ? POLLIN | POLLOUT : POLLIN); }

  /// Takes and compares all that has arrived.
  std::optional<Failure> receive();
  /// Sends as much as there is room for.
  void send();
  [[nodiscard]] Failure timed_out() const {
    const std::string awaited = echoed_ < message_.size() ? "the echo" : "the server to close";
    return failure(FailureKind::kEchoTimeout, "timed out waiting for " + awaited + ", after " + progress());
  }

 private:
  [[nodiscard]] bool wants_to_send() const { return sent_ < message_.size() && send_error_ == 0; }
  [[nodiscard]] std::optional<Failure> compare(std::span<const std::byte> received);
  [[nodiscard]] std::optional<Failure> at_end_of_file();
  /// After an error of send or recv.
  [[nodiscard]] Failure broken(int error_number) const;
  [[nodiscard]] Failure failure(FailureKind kind, std::string text) const {
    return {.kind = kind, .text = std::move(text), .bytes = echoed_};
  }
  [[nodiscard]] std::string progress() const { return fmt::format("{} of {} bytes", echoed_, message_.size()); }

  int fd_;
  std::span<const std::byte> message_;
  AfterSending after_;
  std::size_t sent_ = 0;
  std::size_t echoed_ = 0;
  int send_error_ = 0;  ///< kept until what has arrived is read: it may say more
  bool has_ended_ = false;
};

std::optional<Failure> Exchange::compare(std::span<const std::byte> received) {
  const auto expected = message_.subspan(echoed_, std::min(received.size(), message_.size() - echoed_));
  const auto [want, got] = std::ranges::mismatch(expected, received);
  echoed_ += static_cast<std::size_t>(want - expected.begin());
  if (got == received.end()) {
    return std::nullopt;
  }
  WrongByte wrong{.offset = echoed_, .expected = {}, .got = std::to_integer<std::uint8_t>(*got)};
  if (want != expected.end()) {
    wrong.expected = std::to_integer<std::uint8_t>(*want);
  }
  Failure result =
      failure(FailureKind::kWrongBytes,
              fmt::format("wrong bytes: at offset {} of {} expected {}, got {}", wrong.offset, message_.size(),
                          wrong.expected ? text::in_hex(std::byte{*wrong.expected}) : "nothing more",
                          text::in_hex(std::byte{wrong.got})));
  result.wrong_byte = wrong;
  return result;
}

std::optional<Failure> Exchange::at_end_of_file() {
  has_ended_ = true;
  if (is_done()) {
    return std::nullopt;
  }
  if (send_error_ == ECONNRESET) {  // send took the error, and left an end of file for recv
    return broken(ECONNRESET);
  }
  return failure(FailureKind::kClosedEarly, "the server closed early, after " + progress());
}

Failure Exchange::broken(int error_number) const {
  const std::error_code error = errno_code(error_number);
  const FailureKind kind = kind_of(error, Stage::kConnected);
  return kind == FailureKind::kReset
             ? failure(kind, "the server reset the connection after " + progress())
             : failure(kind, "the connection broke after " + progress() + ": " + error.message());
}

std::optional<Failure> Exchange::receive() {
  std::array<std::byte, kReceiveAtOnce> buffer;
  while (!is_done()) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got == 0) {
      return at_end_of_file();
    }
    if (got < 0 && errno == EAGAIN) {
      return std::nullopt;
    }
    if (got < 0 && errno != EINTR) {
      return broken(errno);
    }
    if (got > 0) {
      if (auto failure = compare(std::span(buffer).first(static_cast<std::size_t>(got)))) {
        return failure;
      }
    }
  }
  return std::nullopt;
}

void Exchange::send() {
  while (wants_to_send()) {
    const ssize_t sent = ::send(fd_, message_.data() + sent_, message_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      return;
    }
    if (sent < 0 && errno != EINTR) {
      send_error_ = errno;
      return;
    }
    sent_ += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (sent_ == message_.size() && after_ == AfterSending::kHalfClose) {
      ::shutdown(fd_, SHUT_WR);
    }
  }
}

}  // namespace

EchoResult echo_once(int fd, std::span<const std::byte> message, AfterSending after, Deadline deadline,
                     SignalFd* signals) {
  const auto begin = std::chrono::steady_clock::now();
  Exchange exchange(fd, message, after);
  EchoResult result;
  for (;;) {
    // Receive first: bytes before the message are no echo, and an end of file says more than the error of a send.
    result.failure = exchange.receive();
    if (result.failure || exchange.is_done()) {
      result.round_trip = std::chrono::steady_clock::now() - begin;
      return result;
    }
    exchange.send();
    // Checked here too: poll never times out on a server that sends byte by byte.
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    const Waited waited = is_late ? Waited::kTimedOut : wait_for(fd, exchange.events(), deadline, signals);
    if (waited == Waited::kInterrupted) {
      result.interrupted = true;
      return result;
    }
    if (waited == Waited::kTimedOut) {
      result.failure = exchange.timed_out();
      return result;
    }
  }
}

}  // namespace threadecho::client
