#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "client/payload.h"

namespace threadecho::load {

/// Why a connection of a load run failed. The names, in the same order, are part of --json.
enum class LoadError : std::uint8_t {
  kRefused,         ///< nobody listens, or the connection was turned away before it was one
  kConnectTimeout,  ///< no answer to the connect
  kUnreachable,     ///< no way to the host
  kLocalLimit,      ///< this machine is out of ports or descriptors
  kReset,
  kClosedEarly,  ///< the server closed although it was not asked to
  kNoEcho,       ///< what was sent did not come back in time
  kNotReading,   ///< the same, and the server takes no more either
  kChanged,      ///< bytes at their place, but wrong
  kMissing,      ///< bytes left out: what follows them comes too early
  kRepeated,     ///< bytes that were there already
  kReordered,    ///< the right bytes in another order
  kForeign,      ///< bytes of another connection
  kSurplus,      ///< more than was sent
  kOther,
};
inline constexpr std::array<std::string_view, 15> kLoadErrorNames = {
    "refused",        "connect_timeout", "unreachable",   "local_limit",   "reset",
    "closed_early",   "no_echo",         "not_reading",   "bytes_changed", "bytes_missing",
    "bytes_repeated", "bytes_reordered", "foreign_bytes", "surplus_bytes", "other"};

constexpr std::size_t index_of(LoadError error) { return static_cast<std::size_t>(error); }
constexpr std::string_view name_of(LoadError error) { return kLoadErrorNames.at(index_of(error)); }

struct LoadFailure {
  LoadError error = LoadError::kOther;
  std::string detail;  ///< one clause for the user: what, where, how much
};

/// From an error of connect, or of recv and send on a connection that was established.
LoadFailure connect_failure(std::error_code error);
LoadFailure connection_failure(std::error_code error);

/// What came back wrong.
struct Evidence {
  std::uint64_t offset = 0;          ///< of the first wrong byte in the connection's stream
  std::span<const std::byte> bytes;  ///< from there on; the more of them, the more can be told
  std::uint64_t sent = 0;            ///< how far the stream had been sent
  std::uint32_t connections = 1;     ///< how many connections the run has
};

/// Names what happened to the stream. From 16 bytes on it can tell whose bytes they are; with fewer it may have to call
/// bytes "changed" that were something else.
LoadFailure diagnose(const client::Payload& payload, const Evidence& evidence);

}  // namespace threadecho::load
