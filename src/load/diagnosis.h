#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>

#include "client/failure.h"
#include "client/payload.h"

namespace threadecho::load {

using client::Failure;
using client::FailureKind;

/// An error of recv or send on an open connection, in words.
Failure connection_failure(std::error_code error);

/// What came back wrong.
struct Evidence {
  std::uint64_t offset = 0;          ///< of the first wrong byte in the connection's stream
  std::span<const std::byte> bytes;  ///< from there on; the more of them, the more can be told
  std::uint64_t sent = 0;            ///< how far the stream had been sent
  std::uint32_t connections = 1;     ///< how many connections the run has
};

/// Names what happened to the stream. From 16 bytes on it can tell which connection they belong to; with
/// fewer it may have to report kWrongBytes for bytes that were something else.
Failure diagnose(const client::Payload& payload, const Evidence& evidence);

}  // namespace threadecho::load
