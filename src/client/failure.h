#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace threadecho::client {

/// What can go wrong between a client and an echo server.
enum class FailureKind : std::uint8_t {
  kRefused,
  kConnectTimeout,
  kUnreachable,      ///< no route, or not allowed: a router, a firewall or this host says so
  kNoAddressFamily,  ///< this host has no address of that family to connect from
  kNoLocalPort,      ///< no free port to connect from
  kLocalLimit,       ///< this host is out of descriptors or memory
  kReset,
  kClosedEarly,  ///< the server closed although it was not asked to
  kEchoTimeout,  ///< the echo, or the server's FIN, did not come in time
  kNotReading,   ///< the same, and the server takes no more bytes either; only `load` reports it
  kWrongBytes,   ///< bytes that were not sent at this place; `load` distinguishes the next five
  kMissing,      ///< bytes left out: what follows them comes too early
  kRepeated,     ///< bytes that were there already
  kReordered,    ///< the right bytes in another order
  kForeign,      ///< bytes of another connection
  kSurplus,      ///< more bytes than were sent
  kOther,
  kNameNotFound,
};

/// How every command shows a kind. The names are part of --json, and no two kinds share one.
struct FailureWords {
  FailureKind kind;
  int exit_status;  ///< of `probe`
  std::string_view name;
  std::string_view meaning;  ///< of the exit status, in --help and in docs/cli.md
};
inline constexpr std::string_view kLocalReason =
    "failed for a reason of this host: no free port, no descriptor, no address of that family";
inline constexpr std::string_view kNoEchoInTime = "timed out waiting for the echo, or for the server's FIN";
/// In the order of the enumeration.
inline constexpr std::array<FailureWords, 18> kFailureKinds = {{
    {FailureKind::kRefused, 10, "refused", "connection refused"},
    {FailureKind::kConnectTimeout, 11, "connect_timeout", "timed out connecting"},
    {FailureKind::kUnreachable, 17, "unreachable", "unreachable"},
    {FailureKind::kNoAddressFamily, 1, "no_address_family", kLocalReason},
    {FailureKind::kNoLocalPort, 1, "no_local_port", kLocalReason},
    {FailureKind::kLocalLimit, 1, "local_limit", kLocalReason},
    {FailureKind::kReset, 13, "reset", "reset by the server"},
    {FailureKind::kClosedEarly, 14, "closed_early", "closed by the server before it had echoed all"},
    {FailureKind::kEchoTimeout, 12, "echo_timeout", kNoEchoInTime},
    {FailureKind::kNotReading, 12, "not_reading", kNoEchoInTime},
    {FailureKind::kWrongBytes, 15, "wrong_bytes", "wrong bytes"},
    {FailureKind::kMissing, 15, "bytes_missing", "wrong bytes"},
    {FailureKind::kRepeated, 15, "bytes_repeated", "wrong bytes"},
    {FailureKind::kReordered, 15, "bytes_reordered", "wrong bytes"},
    {FailureKind::kForeign, 15, "foreign_bytes", "wrong bytes"},
    {FailureKind::kSurplus, 15, "surplus_bytes", "wrong bytes"},
    {FailureKind::kOther, 1, "other", kLocalReason},
    {FailureKind::kNameNotFound, 16, "name_not_found", "name not found"},
}};

constexpr std::size_t index_of(FailureKind kind) { return static_cast<std::size_t>(kind); }
constexpr const FailureWords& words_of(FailureKind kind) { return kFailureKinds.at(index_of(kind)); }

/// An errno value as an error.
std::error_code errno_code(int number);

enum class Stage : std::uint8_t { kConnecting, kConnected };

/// The kind of an error (an errno value) of connect(2), or on an open connection of send(2) and recv(2).
FailureKind kind_of(std::error_code error, Stage stage);

/// The first byte that is not what was sent.
struct WrongByte {
  std::size_t offset = 0;                ///< in the message, from 0
  std::optional<std::uint8_t> expected;  ///< nothing: the message had ended
  std::uint8_t got = 0;
};

struct Failure {
  FailureKind kind = FailureKind::kOther;
  std::string text;                          ///< a clause for people, without a full stop
  std::optional<std::size_t> bytes = {};     ///< `probe`: of the message, echoed before; nothing without a connection
  std::optional<WrongByte> wrong_byte = {};  ///< `probe`: of kWrongBytes
};

}  // namespace threadecho::client
