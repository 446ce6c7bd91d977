#include "client/echo_exchange.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "text/escape.h"

namespace threadecho::client {
namespace {

constexpr std::size_t kAtOnce = std::size_t{64} * 1024;

}  // namespace

EchoExchange::EchoExchange(int fd, Payload payload, std::size_t size, ArrivesWhen arrives)
    : fd_(fd), payload_(payload), size_(size), arrives_(arrives) {}

/// Of its first byte in the payload's stream. Each message is another part of it.
std::uint64_t EchoExchange::place_of(const Message& message) const noexcept {
  const std::uint64_t stride = (size_ / Payload::kWordSize + 1) * Payload::kWordSize;
  return message.sequence * stride;
}

short EchoExchange::events() const noexcept { return static_cast<short>(wants_to_send() ? POLLIN | POLLOUT : POLLIN); }

Failure EchoExchange::failure(FailureKind kind, std::string text) const {
  return {.kind = kind, .text = std::move(text), .bytes = echoed_of_first()};
}

std::string EchoExchange::progress() const { return fmt::format("{} of {} bytes", echoed_of_first(), size_); }

Failure EchoExchange::timed_out() const {
  const std::string awaited = pending_.empty() ? "the server to close" : "the echo";
  return failure(FailureKind::kEchoTimeout, "timed out waiting for " + awaited + ", after " + progress());
}

Failure EchoExchange::wrong_byte(std::size_t offset, std::optional<std::byte> expected, std::byte got) const {
  WrongByte wrong{.offset = offset, .expected = {}, .got = std::to_integer<std::uint8_t>(got)};
  if (expected) {
    wrong.expected = std::to_integer<std::uint8_t>(*expected);
  }
  Failure result = failure(FailureKind::kWrongBytes,
                           fmt::format("wrong bytes: at offset {} of {} expected {}, got {}", offset, size_,
                                       expected ? text::in_hex(*expected) : "nothing more", text::in_hex(got)));
  result.bytes = offset;
  result.wrong_byte = wrong;
  return result;
}

Failure EchoExchange::broken(int error_number) const {
  const std::error_code error = errno_code(error_number);
  const FailureKind kind = kind_of(error, Stage::kConnected);
  return kind == FailureKind::kReset
             ? failure(kind, "the server reset the connection after " + progress())
             : failure(kind, "the connection broke after " + progress() + ": " + error.message());
}

void EchoExchange::complete_first(std::optional<Clock::time_point> arrived, std::vector<Echoed>& echoed) {
  const Message& first = pending_.front();
  const auto now = Clock::now();
  const auto began = first.began.value_or(now);
  // Outside of these bounds, the wall clock has been set since the echo arrived.
  const bool is_stamped = arrived && began <= *arrived && *arrived <= now;
  echoed.push_back(
      {.sequence = first.sequence, .round_trip = (is_stamped ? *arrived : now) - began, .is_stamped = is_stamped});
  pending_.pop_front();
  echoed_ = 0;
  if (sending_ > 0) {
    --sending_;
  } else {
    sent_ = 0;  // the echo was there before all of the message had been sent
  }
}

std::optional<Failure> EchoExchange::compare(std::span<const std::byte> received,
                                             std::optional<Clock::time_point> arrived, std::vector<Echoed>& echoed) {
  while (!received.empty()) {
    if (pending_.empty()) {
      if (!echoed.empty()) {  // the last message came back with more than was sent
        pending_.push_front({.sequence = echoed.back().sequence});
        sending_ = 1;
        echoed.pop_back();
      }
      return wrong_byte(size_, std::nullopt, received.front());
    }
    const auto part = received.first(std::min(received.size(), size_ - echoed_));
    const std::uint64_t place = place_of(pending_.front()) + echoed_;
    const std::size_t right = payload_.first_mismatch(place, part);
    echoed_ += right;
    if (right < part.size()) {
      return wrong_byte(echoed_, payload_.at(place + right), part[right]);
    }
    if (echoed_ == size_) {
      complete_first(arrived, echoed);
    }
    received = received.subspan(right);
  }
  return std::nullopt;
}

std::optional<Failure> EchoExchange::at_end_of_file() {
  has_ended_ = true;
  if (is_done()) {
    return std::nullopt;
  }
  if (send_error_ == ECONNRESET) {  // send took the error, and left an end of file for recv
    return broken(ECONNRESET);
  }
  return failure(FailureKind::kClosedEarly, "the server closed early, after " + progress());
}

net::Arrival EchoExchange::read(std::span<std::byte> buffer) const noexcept {
  return arrives_ == ArrivesWhen::kStamped
             ? net::receive_stamped(fd_, buffer)
             : net::Arrival{.got = ::recv(fd_, buffer.data(), buffer.size(), 0), .at = {}};
}

EchoExchange::Received EchoExchange::receive() {
  std::array<std::byte, kAtOnce> buffer;
  Received result;
  while (!is_done() && !result.failure) {
    const auto [got, arrived] = read(buffer);
    if (got < 0 && errno == EAGAIN) {
      break;
    }
    if (got == 0) {
      result.failure = at_end_of_file();
    } else if (got > 0) {
      result.failure = compare(std::span(buffer).first(static_cast<std::size_t>(got)), arrived, result.echoed);
    } else if (errno != EINTR) {
      result.failure = broken(errno);
    }
  }
  return result;
}

std::optional<Failure> EchoExchange::unexpected() {
  std::byte byte{};
  const ssize_t got = ::recv(fd_, &byte, 1, 0);
  if (got > 0) {
    return wrong_byte(size_, std::nullopt, byte);
  }
  if (got == 0) {
    return Failure{.kind = FailureKind::kClosedEarly, .text = "the server closed the connection between messages"};
  }
  const std::error_code error = errno_code(errno);
  if (error.value() == EAGAIN || error.value() == EINTR) {
    return std::nullopt;
  }
  const FailureKind kind = kind_of(error, Stage::kConnected);
  return Failure{.kind = kind,
                 .text = kind == FailureKind::kReset ? "the server reset the connection between messages"
                                                     : "the connection broke between messages: " + error.message()};
}

void EchoExchange::send() {
  std::array<std::byte, kAtOnce> buffer;
  while (wants_to_send()) {
    Message& message = pending_[sending_];
    const std::span<std::byte> part = std::span(buffer).first(std::min(buffer.size(), size_ - sent_));
    payload_.fill(place_of(message) + sent_, part);
    if (!message.began) {
      message.began = Clock::now();
    }
    const ssize_t sent = ::send(fd_, part.data(), part.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      return;
    }
    if (sent < 0 && errno != EINTR) {
      send_error_ = errno;
      return;
    }
    sent_ += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (sent_ == size_) {
      ++sending_;
      sent_ = 0;
    }
  }
  if (half_closes_ && send_error_ == 0 && !std::exchange(has_sent_fin_, true)) {
    ::shutdown(fd_, SHUT_WR);
  }
}

EchoResult echo_once(int fd, Payload payload, std::uint64_t sequence, std::size_t size, AfterSending after,
                     Deadline deadline, SignalFd* signals) {
  const auto begin = std::chrono::steady_clock::now();
  EchoExchange exchange(fd, payload, size);
  exchange.add(sequence);
  if (after == AfterSending::kHalfClose) {
    exchange.half_close();
  }
  EchoResult result;
  for (;;) {
    result.failure = exchange.receive().failure;
    if (result.failure || exchange.is_done()) {
      result.duration = std::chrono::steady_clock::now() - begin;
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
