#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

namespace threadecho::net {

/// Socket options and queries, see tcp(7) and socket(7). Functions that return an error_code leave the socket unchanged
/// if they fail.

/// SO_RCVTIMEO and SO_SNDTIMEO: how long a blocking recv or send waits; 0 waits for ever. The kernel keeps these
/// timeouts on its timer wheel and may end them an eighth late.
std::error_code set_receive_timeout(int fd, std::chrono::milliseconds timeout) noexcept;
std::error_code set_send_timeout(int fd, std::chrono::milliseconds timeout) noexcept;
/// The longest of these timeouts that the kernel ends within `duration`, at least 1 ms; 0 for 0.
std::chrono::milliseconds timeout_over_after(std::chrono::milliseconds duration) noexcept;

/// Any option whose value is an int.
std::error_code set_option(int fd, int level, int name, int value) noexcept;

/// Bytes (and a FIN) handed to the kernel that the peer has not acknowledged yet: SIOCOUTQ. 0 on an error.
std::size_t unacknowledged_bytes(int fd) noexcept;

/// What the kernel has measured of the path to the peer, TCP_INFO: tcp(7).
struct TcpInfo {
  std::chrono::microseconds round_trip{0};   ///< smoothed; 0 when nothing has been measured yet
  std::uint32_t retransmitted_segments = 0;  ///< since the connection began
};
/// Nothing on an error.
std::optional<TcpInfo> read_tcp_info(int fd) noexcept;

/// How long ago, at least, the peer acknowledged new data, on a socket with unacknowledged bytes: from TCP_INFO, to
/// about a round trip. 0 when it cannot be told.
std::chrono::milliseconds time_since_progress(int fd) noexcept;

/// The kernel has given the connection up or finished it: nothing that is still queued will be sent.
bool is_closed(int fd) noexcept;

/// Takes the socket's pending error, an errno value or 0: SO_ERROR.
int take_error(int fd) noexcept;

/// Makes the coming close send a reset and drop what is queued, instead of keeping it for a peer that does not read.
void reset_on_close(int fd) noexcept;

/// Discards received bytes, at most as many as `scratch` holds. Never waits.
struct Discarded {
  enum class Found : std::uint8_t {
    kSome,
    kNothingYet,
    kEnd,    ///< the peer has closed its side
    kError,  ///< the connection is gone
  };
  Found found;
  std::size_t bytes = 0;  ///< more than 0 only with kSome
};
Discarded discard_received(int fd, std::span<std::byte> scratch) noexcept;

}  // namespace threadecho::net
