#include "client/failure.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace threadecho::client {
namespace {

FailureKind kind_of_connect(std::error_code error) {
  if (error == std::errc::connection_refused) {
    return FailureKind::kRefused;
  }
  if (error == std::errc::timed_out) {
    return FailureKind::kConnectTimeout;
  }
  if (error == std::errc::connection_reset) {
    return FailureKind::kReset;
  }
  // The latter two: this host has no address of that family.
  if (error == std::errc::host_unreachable || error == std::errc::network_unreachable ||
      error == std::errc::network_down || error == std::errc::address_not_available ||
      error == std::errc::address_family_not_supported) {
    return FailureKind::kUnreachable;
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

std::string in_hex(std::uint8_t byte) {
  std::array<char, 8> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "0x%02x", static_cast<unsigned>(byte)));
  return text.data();
}

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::kRefused:
      return "refused";
    case FailureKind::kConnectTimeout:
      return "connect_timeout";
    case FailureKind::kEchoTimeout:
      return "echo_timeout";
    case FailureKind::kReset:
      return "reset";
    case FailureKind::kClosedEarly:
      return "closed_early";
    case FailureKind::kWrongBytes:
      return "wrong_bytes";
    case FailureKind::kNameNotFound:
      return "name_not_found";
    case FailureKind::kUnreachable:
      return "unreachable";
    case FailureKind::kOther:
      break;
  }
  return "other";
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
                     " expected " + (wrong.expected ? in_hex(*wrong.expected) : "nothing more") + ", got " +
                     in_hex(wrong.got);
  return {.kind = FailureKind::kWrongBytes, .text = std::move(text), .bytes = wrong.offset, .wrong_byte = wrong};
}

Failure echo_timeout(std::string_view waited_for, std::size_t echoed, std::size_t size) {
  return {.kind = FailureKind::kEchoTimeout,
          .text = "timed out waiting for " + std::string(waited_for) + ", after " + progress(echoed, size),
          .bytes = echoed,
          .wrong_byte = {}};
}

}  // namespace threadecho::client
