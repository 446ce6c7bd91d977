#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "client/connector.h"

namespace threadecho::client {

/// What can go wrong between a client and an echo server; the number is the exit status of `probe`.
enum class FailureKind : std::uint8_t {
  kOther = 1,  ///< this machine's own trouble, for example no more descriptors
  kRefused = 10,
  kConnectTimeout = 11,
  kEchoTimeout = 12,
  kReset = 13,
  kClosedEarly = 14,
  kWrongBytes = 15,
  kNameNotFound = 16,
  kUnreachable = 17,
};

/// How a kind is called.
struct FailureWords {
  FailureKind kind;
  std::string_view name;     ///< for machines
  std::string_view meaning;  ///< in --help and in the README
};
inline constexpr std::array<FailureWords, 9> kFailureKinds = {{
    {FailureKind::kOther, "other", "failed for a reason of this machine, for example no more descriptors"},
    {FailureKind::kRefused, "refused", "connection refused"},
    {FailureKind::kConnectTimeout, "connect_timeout", "timed out connecting"},
    {FailureKind::kEchoTimeout, "echo_timeout", "timed out waiting for the echo, or for the server's FIN"},
    {FailureKind::kReset, "reset", "reset by the server"},
    {FailureKind::kClosedEarly, "closed_early", "closed by the server before it had echoed all"},
    {FailureKind::kWrongBytes, "wrong_bytes", "wrong bytes"},
    {FailureKind::kNameNotFound, "name_not_found", "name not found"},
    {FailureKind::kUnreachable, "unreachable", "unreachable"},
}};

/// The name.
std::string_view to_string(FailureKind kind);

/// The first byte that is not what was sent.
struct WrongByte {
  std::size_t offset = 0;                ///< in the message, from 0
  std::optional<std::uint8_t> expected;  ///< nothing: the message had ended
  std::uint8_t got = 0;
};

struct Failure {
  FailureKind kind = FailureKind::kOther;
  std::string text;                     ///< a clause for people, without a full stop
  std::optional<std::size_t> bytes;     ///< of the message, echoed before it failed; nothing without a connection
  std::optional<WrongByte> wrong_byte;  ///< of kWrongBytes
};

/// A name without an address.
Failure name_failure(const std::string& host, const std::string& reason);

/// Why nobody could be connected to. Of several addresses the one that got furthest counts (refused: a host answered;
/// then timed out, then unreachable), and the text names all. `attempts` is not empty, and all failed.
Failure connect_failure(const std::vector<Attempt>& attempts);

/// An error of send or recv.
Failure broken_connection(std::error_code error, std::size_t echoed, std::size_t size);
Failure closed_early(std::size_t echoed, std::size_t size);
Failure wrong_byte(const WrongByte& wrong, std::size_t size);
/// `waited_for`: "the echo", or "the server to close".
Failure echo_timeout(std::string_view waited_for, std::size_t echoed, std::size_t size);

}  // namespace threadecho::client
