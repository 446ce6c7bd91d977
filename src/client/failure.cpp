#include "client/failure.h"

#include <algorithm>
#include <array>

#include "client/socket_error.h"
#include "text/escape.h"

namespace threadecho::client {
namespace {

FailureKind kind_of_connect(std::error_code error) {
  switch (kind_of(error)) {
    case SocketError::kRefused:
      return FailureKind::kRefused;
    case SocketError::kTimedOut:
      return FailureKind::kConnectTimeout;
    case SocketError::kReset:
      return FailureKind::kReset;
    case SocketError::kUnreachable:
    case SocketError::kNoLocalAddress:  // this host has none of that family
      return FailureKind::kUnreachable;
    case SocketError::kLocalLimit:
    case SocketError::kOther:
      break;
  }
  return FailureKind::kOther;
}

std::string text_of_connect(const Attempt& attempt) {
  const std::string peer = attempt.endpoint.to_string();
  switch (kind_of_connect(attempt.error)) {
    case FailureKind::kRefused:
      return peer + " refused the connection";
    case FailureKind::kConnectTimeout:
      return "timed out connecting to " + peer;
    case FailureKind::kReset:
      return peer + " reset the connection";
    case FailureKind::kUnreachable:
      return peer + " is unreachable (" + attempt.error.message() + ")";
    default:
      return "cannot connect to " + peer + ": " + attempt.error.message();
  }
}

// How much a failure says about the network; the most telling one of several addresses counts.
std::size_t weight(FailureKind kind) {
  constexpr std::array kOrder = {FailureKind::kOther, FailureKind::kUnreachable, FailureKind::kConnectTimeout,
                                 FailureKind::kRefused, FailureKind::kReset};
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), kind) - kOrder.begin());
}

std::string progress(std::size_t echoed, std::size_t size) {
  return std::to_string(echoed) + " of " + std::to_string(size) + " bytes";
}

}  // namespace

std::string_view to_string(FailureKind kind) {
  return std::ranges::find(kFailureKinds, kind, &FailureWords::kind)->name;
}

Failure name_failure(const std::string& host, const std::string& reason) {
  return {.kind = FailureKind::kNameNotFound,
          .text = "name " + host + " not found (" + reason + ")",
          .bytes = {},
          .wrong_byte = {}};
}

Failure connect_failure(const std::vector<Attempt>& attempts) {
  Failure failure{.kind = FailureKind::kOther, .text = {}, .bytes = {}, .wrong_byte = {}};
  for (const Attempt& attempt : attempts) {
    const FailureKind kind = kind_of_connect(attempt.error);
    if (weight(kind) > weight(failure.kind)) {
      failure.kind = kind;
    }
    failure.text.append(failure.text.empty() ? "" : "; ").append(text_of_connect(attempt));
  }
  return failure;
}

Failure broken_connection(std::error_code error, std::size_t echoed, std::size_t size) {
  Failure failure{.kind = kind_of_connect(error), .text = {}, .bytes = echoed, .wrong_byte = {}};
  if (failure.kind == FailureKind::kConnectTimeout) {  // the system gave the connection up
    failure.kind = FailureKind::kEchoTimeout;
  }
  if (failure.kind == FailureKind::kReset) {
    failure.text = "the server reset the connection after " + progress(echoed, size);
  } else {
    failure.text = "the connection broke after " + progress(echoed, size) + ": " + error.message();
  }
  return failure;
}

Failure closed_early(std::size_t echoed, std::size_t size) {
  return {.kind = FailureKind::kClosedEarly,
          .text = "the server closed early, after " + progress(echoed, size),
          .bytes = echoed,
          .wrong_byte = {}};
}

Failure wrong_byte(const WrongByte& wrong, std::size_t size) {
  std::string text = "wrong bytes: at offset " + std::to_string(wrong.offset) + " of " + std::to_string(size) +
                     " expected " + (wrong.expected ? text::in_hex(std::byte{*wrong.expected}) : "nothing more") +
                     ", got " + text::in_hex(std::byte{wrong.got});
  return {.kind = FailureKind::kWrongBytes, .text = std::move(text), .bytes = wrong.offset, .wrong_byte = wrong};
}

Failure echo_timeout(std::string_view waited_for, std::size_t echoed, std::size_t size) {
  return {.kind = FailureKind::kEchoTimeout,
          .text = "timed out waiting for " + std::string(waited_for) + ", after " + progress(echoed, size),
          .bytes = echoed,
          .wrong_byte = {}};
}

}  // namespace threadecho::client
