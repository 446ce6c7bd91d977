#include "identity/asking.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

#include "client/wait.h"
#include "text/durations.h"

namespace threadecho::identity {
namespace {

/// Longer than any identity.
constexpr std::size_t kMostBytes = 4096;

client::Failure failure_after(int error_number, const std::string& peer) {
  const auto error = client::errno_code(error_number);
  const auto kind = client::kind_of(error, client::Stage::kConnected);
  return {kind, kind == client::FailureKind::kReset ? peer + " reset the connection before its answer"
                                                    : "no answer from " + peer + ": " + error.message()};
}

client::Failure wrong_answer(const std::string& bytes, const std::string& peer) {
  if (bytes.empty()) {
    return {client::FailureKind::kClosedEarly, peer + " closed the connection without an answer"};
  }
  return {client::FailureKind::kWrongBytes, peer + " sends no identity; is this an IDENTITY_PORT?"};
}

}  // namespace

std::variant<ServerIdentity, client::Failure, Interrupted> ask(client::Connector& connector,
                                                               std::chrono::milliseconds timeout,
                                                               client::SignalFd* signals) {
  const client::Connector::Outcome outcome = connector.connect();
  if (!outcome.connected.fd) {
    return outcome.failure ? std::variant<ServerIdentity, client::Failure, Interrupted>(*outcome.failure)
                           : Interrupted{};
  }
  const int fd = outcome.connected.fd.get();
  const std::string peer = outcome.connected.attempts.back().endpoint.to_string();
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::string line;
  while (line.size() <= kMostBytes) {
    switch (client::wait_for(fd, POLLIN, deadline, signals)) {
      case client::Waited::kInterrupted:
        return Interrupted{};
      case client::Waited::kTimedOut:
        return client::Failure{client::FailureKind::kEchoTimeout,
                               "no answer from " + peer + " within " + text::format_duration(timeout)};
      case client::Waited::kReady:
        break;
    }
    std::array<char, kMostBytes> bytes{};
    const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
      return failure_after(errno, peer);
    }
    if (size == 0) {
      break;
    }
    line.append(bytes.data(), static_cast<std::size_t>(size > 0 ? size : 0));
  }
  if (auto identity = parse_identity(line)) {
    return *std::move(identity);
  }
  return wrong_answer(line, peer);
}

}  // namespace threadecho::identity
