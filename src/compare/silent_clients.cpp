#include "compare/silent_clients.h"

#include <poll.h>

#include <sys/socket.h>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/connector.h"
#include "client/payload.h"
#include "compare/interruption.h"
#include "net/fd.h"

namespace threadecho::compare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessage = 64;
// For what takes a millisecond: a busy machine fails no comparison.
constexpr std::chrono::seconds kLongEnough{10};

net::Fd connected_to(const net::Endpoint& server, client::SignalFd& signals) {
  client::Connected connected = client::connect_to_any({server}, kLongEnough, &signals);
  if (signals.signal()) {
    throw Interrupted{*signals.signal()};
  }
  if (!connected.fd) {
    throw std::runtime_error("a silent client cannot connect: " + client::connect_failure(connected.attempts).text);
  }
  return std::move(connected.fd);
}

/// The client behind the silent ones.
class NextClient {
 public:
  NextClient(const net::Endpoint& server, client::SignalFd& signals)
      : signals_(signals), fd_(connected_to(server, signals)) {}

  void send() {
    std::array<std::byte, kMessage> message{};
    client::Payload(0).fill(0, message);
    if (::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL) != std::ssize(message)) {
      throw std::runtime_error("a client behind silent ones cannot send");
    }
  }
  /// Whether the whole echo is there by the deadline.
  bool has_echo_by(client::Deadline deadline) {
    while (received_ < kMessage) {
      std::array<std::byte, kMessage> chunk{};
      if (!wait_or_throw(fd_.get(), POLLIN, deadline, signals_)) {
        return false;
      }
      const ssize_t got = ::recv(fd_.get(), chunk.data(), kMessage - received_, 0);
      if (got <= 0) {
        throw std::runtime_error("the connection of a client behind silent ones was lost");
      }
      const auto bytes = std::span(chunk).first(static_cast<std::size_t>(got));
      if (client::Payload(0).first_mismatch(received_, bytes) != bytes.size()) {
        throw std::runtime_error("a client behind silent ones got wrong bytes");
      }
      received_ += bytes.size();
    }
    return true;
  }

 private:
  client::SignalFd& signals_;
  net::Fd fd_;
  std::size_t received_ = 0;
};

}  // namespace

WaitBehind wait_behind(std::uint32_t silent_clients, const net::Endpoint& server,
                       const std::function<void(std::uint32_t clients)>& wait_until_used_by,
                       std::chrono::milliseconds patience, client::SignalFd& signals) {
  std::vector<net::Fd> silent;
  for (std::uint32_t i = 0; i < silent_clients; ++i) {
    silent.push_back(connected_to(server, signals));
  }
  NextClient next(server, signals);
  wait_until_used_by(silent_clients + 1);
  const Clock::time_point sent = Clock::now();
  next.send();
  const bool was_served = next.has_echo_by(sent + patience);
  WaitBehind result{.silent_clients = silent_clients, .waited = Clock::now() - sent, .after_they_left = {}};
  if (!was_served) {
    const Clock::time_point left = Clock::now();
    silent.clear();
    if (!next.has_echo_by(left + kLongEnough)) {
      throw std::runtime_error("a client got no echo after the silent clients before it had left");
    }
    result.after_they_left = Clock::now() - left;
  }
  return result;
}

}  // namespace threadecho::compare
