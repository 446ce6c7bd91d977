#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <system_error>
#include <vector>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "net/fd.h"

namespace threadecho::echo {

/// A client that is turned away: its socket, the reason, and the system's error, if there was one.
struct Refused {
  net::Fd client;
  RejectReason reason;
  std::error_code error = {};
};

/// Refused clients: each has been sent a FIN, and what it sends is discarded for up to a second
/// (kLinger) and up to kMostDiscardedBytes, so that one that floods costs the acceptor little. Closing at once would
/// answer what it has already sent with a reset, and a reset looks like a fault. Belongs to the acceptor and its
/// thread; never blocks.
class RefusedClients {
 public:
  /// Of one client: bytes that it may have sent before it learns that it is refused.
  static constexpr std::size_t kMostDiscardedBytes = std::size_t{1024} * 1024;

  /// Keeps at most `capacity` sockets; for one more the oldest is closed.
  explicit RefusedClients(std::size_t capacity) : capacity_(capacity) {}

  void add(net::Fd client, Clock::time_point now);
  /// Appends what is to be waited for.
  void append_to(std::vector<pollfd>& polled) const;
  /// Reads from those that `polled` (as `append_to` appended them, from `first` on) says are readable, and closes those
  /// that have closed, have sent too much, or are out of time.
  void tend(const std::vector<pollfd>& polled, std::size_t first, Clock::time_point now);
  /// When the first one's time is over; Clock::time_point::max() without any.
  [[nodiscard]] Clock::time_point next_deadline() const;
  [[nodiscard]] bool empty() const noexcept { return clients_.empty(); }

 private:
  struct Client {
    net::Fd fd;
    Clock::time_point deadline;
    std::size_t discarded_bytes = 0;
  };

  /// Whether the client may stay.
  bool discard(Client& client);

  static constexpr std::size_t kScratchBytes = 65536;

  std::size_t capacity_;
  std::vector<std::byte> scratch_ = std::vector<std::byte>(kScratchBytes);  ///< for bytes that are read and discarded
  std::deque<Client> clients_;                                              ///< oldest first
};

}  // namespace threadecho::echo
