#include "client/connector.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "client/local_reasons.h"
#include "client/resolver.h"
#include "client/wait.h"
#include "text/durations.h"

namespace threadecho::client {
namespace {

/// How much a failure says about the network.
std::ptrdiff_t weight(FailureKind kind) {
  constexpr std::array kOrder = {
      FailureKind::kNoAddressFamily, FailureKind::kNoLocalPort, FailureKind::kLocalLimit, FailureKind::kUnreachable,
      FailureKind::kConnectTimeout,  FailureKind::kRefused,     FailureKind::kReset};
  const auto* const found = std::ranges::find(kOrder, kind);
  return found == kOrder.end() ? -1 : found - kOrder.begin();
}

}  // namespace

std::string text_of(const Attempt& attempt) {
  const std::string peer = attempt.endpoint.to_string();
  if (attempt.error == std::errc::operation_canceled) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(attempt.duration);
    return "no answer from " + peer + " within " + text::format_duration(waited);
  }
  switch (kind_of(attempt)) {
    case FailureKind::kRefused:
      return peer + " refused the connection";
    case FailureKind::kConnectTimeout:
      return "timed out connecting to " + peer;
    case FailureKind::kReset:
      return peer + " reset the connection";
    case FailureKind::kNoAddressFamily:
      return std::string("this host has no ") + (attempt.endpoint.family() == AF_INET ? "IPv4" : "IPv6") +
             " address to reach " + peer + " from";
    case FailureKind::kNoLocalPort:
      return "no free local port to connect to " + peer + " from";
    case FailureKind::kLocalLimit:
      return "this host has no descriptor or memory left to connect to " + peer + " (" + attempt.error.message() + ")";
    case FailureKind::kUnreachable:
      return peer + " is unreachable (" + attempt.error.message() + ")";
    default:
      return "cannot connect to " + peer + ": " + attempt.error.message();
  }
}

Failure connect_failure(const std::vector<Attempt>& attempts) {
  Failure failure;
  for (const Attempt& attempt : attempts) {
    const FailureKind kind = kind_of(attempt);
    if (failure.text.empty() || weight(kind) > weight(failure.kind)) {
      failure.kind = kind;
    }
    failure.text.append(failure.text.empty() ? "" : "; ").append(text_of(attempt));
  }
  return failure;
}

Connected connect_to_any(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout, SignalFd* signals,
                         const net::Endpoint* source) {
  ConnectRace race(std::move(addresses), timeout, source);
  for (race.advance(ConnectRace::Clock::now()); !race.is_over(); race.advance(ConnectRace::Clock::now())) {
    if (wait_for_any(race.in_flight(), race.next_step(), signals) == Waited::kInterrupted) {
      break;
    }
  }
  return race.finish(ConnectRace::Clock::now());
}

std::optional<Failure> Connector::look_up() {
  addresses_.clear();
  const auto asked = NameLookup::Clock::now();
  // One that was given up may still run: its answer is older.
  names_.clear();
  while (!names_.has_answer(asked)) {
    names_.ask();
    switch (wait_for(names_.fd(), POLLIN, asked + timeout_, signals_)) {
      case Waited::kInterrupted:
        return std::nullopt;
      case Waited::kTimedOut:
        return name_failure(target_, "no answer within " + text::format_duration(timeout_));
      case Waited::kReady:
        names_.clear();
    }
  }
  Resolution found = names_.answer();
  addresses_ = std::move(found.endpoints);
  return addresses_.empty() ? std::optional(name_failure(target_, found.reason)) : std::nullopt;
}

Connector::Outcome Connector::connect() {
  Outcome outcome{.connected = {}, .failure = look_up()};
  if (addresses_.empty()) {
    return outcome;
  }
  const net::Endpoint* const first = last_good_ ? &*last_good_ : nullptr;
  outcome.connected = connect_to_any(in_connecting_order(addresses_, first), timeout_, signals_, source_);
  if (outcome.connected.fd) {
    last_good_ = outcome.connected.attempts.back().endpoint;
  } else if (signals_ == nullptr || !signals_->signal()) {
    outcome.failure = connect_failure(outcome.connected.attempts);
  }
  return outcome;
}

Connector::Outcome Connector::connect_within(std::chrono::milliseconds patience,
                                             const std::function<void(const Outcome&)>& on_failure) {
  constexpr std::chrono::milliseconds kFirstPause{50};
  constexpr std::chrono::milliseconds kLongestPause{1000};
  const Deadline deadline = std::chrono::steady_clock::now() + patience;
  auto pause = kFirstPause;
  for (;;) {
    Outcome outcome = connect();
    const auto next = std::chrono::steady_clock::now() + pause;
    if (!outcome.failure || next > deadline) {
      return outcome;
    }
    on_failure(outcome);
    if (wait_for(-1, 0, next, signals_) == Waited::kInterrupted) {
      return {};
    }
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace threadecho::client
