#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::client {

/// One try to connect.
struct Attempt {
  net::Endpoint endpoint;
  std::chrono::nanoseconds duration{};
  /// None when it succeeded. operation_canceled: it was given up, for another address that connected or for a signal.
  std::error_code error;
  net::Endpoint local = {};                             ///< where the connection is from, if there is one
  std::chrono::system_clock::time_point began_at = {};  ///< of the wall clock
};

struct Connected {
  net::Fd fd;  ///< does not block, has TCP_NODELAY; none if no address could be connected to
  /// One for each address that was tried, and that of `fd` at the end, if there is one.
  std::vector<Attempt> attempts;
};

/// Connects to the first of several addresses that answers, as RFC 8305 (Happy Eyeballs) does: each address gets a head
/// start of 250 ms over the next one, or until it fails. One that fails at once, as a server that restarts does, is
/// tried again while others are in flight: an address that swallows packets must not hide it until its timeout. Never
/// waits: its owner, one thread, waits with poll or epoll and calls advance(). A socket that got connected to itself,
/// as TCP can among ephemeral ports of one host, counts as connection_refused: it would echo.
class ConnectRace {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kHeadStart{250};

  /// To these addresses in this order, each for at most `timeout`. Connects from `source` (port 0: any port), which
  /// must outlive this; null leaves the address to the system too. Call advance() to begin.
  ConnectRace(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout, const net::Endpoint* source);

  /// Checks the sockets in flight, and begins the next connects that are due. Call it when a socket of in_flight() is
  /// writable, and at next_step().
  void advance(Clock::time_point now);
  /// One is connected, or all have failed.
  [[nodiscard]] bool is_over() const noexcept {
    return winner_ || (next_ == addresses_.size() && !has_first_in_flight());
  }
  [[nodiscard]] Clock::time_point next_step() const;
  /// Entries for poll(2).
  [[nodiscard]] std::vector<pollfd> in_flight() const;
  /// For epoll: sockets in flight that this has not returned before.
  std::vector<int> take_new();

  /// Ends the race, whether or not it is over: closes what is in flight.
  Connected finish(Clock::time_point now);

 private:
  static constexpr std::size_t kFirstTry = SIZE_MAX;
  struct InFlight {
    net::Fd fd;
    Clock::time_point began;
    Attempt attempt;
    std::size_t retry;  ///< in retries_, or kFirstTry
    bool is_new = true;
  };
  /// The next try of an address whose first try failed before its timeout.
  struct Retry {
    net::Endpoint address;
    Clock::time_point due = Clock::time_point::max();  ///< never while it is in flight
    std::chrono::milliseconds pause{0};
  };
  [[nodiscard]] bool has_first_in_flight() const noexcept;
  void begin(const net::Endpoint& address, std::size_t retry, Clock::time_point now);
  void end(std::size_t index, std::error_code error, Clock::time_point now);
  void fail(const Attempt& attempt, std::size_t retry, Clock::time_point now);

  std::vector<net::Endpoint> addresses_;
  std::chrono::milliseconds timeout_;
  const net::Endpoint* source_;
  std::size_t next_ = 0;            ///< in addresses_: where to connect to next
  Clock::time_point last_began_{};  ///< of the first tries
  std::vector<InFlight> in_flight_;
  std::vector<Retry> retries_;
  std::vector<Attempt> ended_;  ///< first tries
  net::Fd winner_;
  Attempt won_;
};

}  // namespace threadecho::client
