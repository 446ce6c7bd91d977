#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace threadecho::net {

/// Asks the kernel to note when data arrives at this TCP socket: SO_TIMESTAMPING, in software. Returns false if it
/// refuses. It may start to do so some milliseconds later.
bool stamp_arrivals(int fd) noexcept;

struct Arrival {
  ssize_t got = 0;  ///< as recv(2) returns it, with errno
  /// When the last of these bytes arrived at this host; empty if the kernel did not note it. If the wall clock was set
  /// since then, the time is wrong by as much.
  std::optional<std::chrono::steady_clock::time_point> at;
};
/// recv(2) on a socket with stamp_arrivals().
Arrival receive_stamped(int fd, std::span<std::byte> buffer) noexcept;

}  // namespace threadecho::net
