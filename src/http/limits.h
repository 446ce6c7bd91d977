#pragma once

#include <chrono>
#include <cstddef>

namespace threadecho::http {

/// Connections that the HTTP server holds at once. The echo server leaves that many descriptors to it.
inline constexpr std::size_t kMaxHttpConnections = 64;
/// Bytes of the request line and all header fields together. The server buffers no more than this of a client.
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{8} * 1024;
/// Bytes that a client may still send after its last answer, for example the rest of a body, before it gets a reset.
inline constexpr std::size_t kMaxDiscardedBytes = std::size_t{1024} * 1024;
/// How many bytes of a client's own text an error shows.
inline constexpr std::size_t kMaxShownBytes = 128;

/// The limits that tests change.
struct Limits {
  std::size_t max_connections = kMaxHttpConnections;
  std::chrono::milliseconds idle{120'000};      ///< between requests; longer than any usual scrape interval
  std::chrono::milliseconds request{10'000};    ///< from the first byte of a header to its last
  std::chrono::milliseconds write{30'000};      ///< for one whole answer
  std::chrono::milliseconds linger{1'000};      ///< after the last answer, for the client to read it and to close
  std::chrono::milliseconds accept_pause{100};  ///< after an error of accept, until descriptors are free again
  std::chrono::milliseconds turn_pause{100};    ///< the longest pause between two costly answers, see Turns
};

}  // namespace threadecho::http
