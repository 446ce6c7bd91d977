#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "client/connect_race.h"
#include "client/echo_exchange.h"
#include "client/payload.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "watch/watch_options.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

class WatchPath;

/// What the sockets of all connections share: epoll, and the descriptors that they may use; some are left for HTTP and
/// for looking names up.
struct Sockets {
  int epoll = -1;
  std::size_t open = 0;
  std::size_t most = 0;

  /// How many connections the limit of descriptors allows, after those for HTTP, log, epoll, wake-ups and look-ups.
  static std::size_t most_of_process();
  /// The most connections that this many paths may have open at a time. Fresh connections are spread over
  /// --connect-every; each lasts at most twice --timeout.
  static std::size_t needed(const WatchOptions& options, std::size_t paths);
};

/// One connection of a path, from connecting to its end. Never waits. Its owner, in the loop's thread, calls advance()
/// when epoll reports the socket, and at next_step().
///
/// Once the kernel notes when the echoes of a lasting connection arrive, epoll no longer reports them: the loop
/// collects them at its next tick. Data that arrives between two messages is then found when the next message is due.
class WatchConnection {
 public:
  /// `path` is what epoll's events lead to. All references must outlive this.
  WatchConnection(const WatchOptions& options, Sockets& sockets, WatchPath& path, ConnectionKind kind,
                  const net::Endpoint& address, std::uint32_t number);
  ~WatchConnection() { close(); }
  WatchConnection(const WatchConnection&) = delete;
  WatchConnection& operator=(const WatchConnection&) = delete;

  [[nodiscard]] WatchPath& path() const noexcept { return path_; }
  [[nodiscard]] ConnectionKind kind() const noexcept { return kind_; }
  /// It connects, or is connected.
  [[nodiscard]] bool is_open() const noexcept { return race_ || exchange_; }
  /// It is connected, and no message is on its way.
  [[nodiscard]] bool is_idle() const noexcept { return exchange_ && deadline_ == Clock::time_point::max(); }
  /// A message is on its way, or the server owes its FIN.
  [[nodiscard]] bool is_waiting() const noexcept { return exchange_ && !is_idle(); }
  /// When to call advance(), if epoll reports nothing before; max() for never.
  [[nodiscard]] Clock::time_point next_step() const noexcept { return next_step_; }

  /// Begins to connect; call advance() then. Only if it is not open.
  void connect(Clock::time_point now);
  /// Sends one message. Only if it is idle.
  void send(Clock::time_point now, client::AfterSending after = client::AfterSending::kStayOpen);

  struct Progress {
    std::optional<nanoseconds> connected;   ///< connected now, after this long
    std::optional<nanoseconds> round_trip;  ///< of it; nothing if the kernel has not noted when it arrived
    bool is_done = false;                   ///< the message came back; if half-closed, the server has closed too
    std::optional<Loss> loss;               ///< it is closed
  };
  Progress advance(Clock::time_point now);
  void close();

  /// Asks the kernel, if it is connected; returns the round trip as the kernel smooths it.
  std::optional<nanoseconds> read_tcp_info();
  /// Segments retransmitted since the last call, as they were last read; all of those of connections that have ended.
  std::uint64_t take_retransmitted() { return std::exchange(retransmitted_, 0); }
  /// epoll has reported these for its socket; call advance() then.
  void note_events(std::uint32_t events) noexcept;

 private:
  void advance_connect(Clock::time_point now, Progress& progress);
  void advance_exchange(Clock::time_point now, Progress& progress);
  void register_sockets();
  void begin_to_collect();
  void wait(Clock::time_point now);
  void rest();
  Loss lose(client::Failure failure, Place place, Clock::time_point now);

  const WatchOptions& options_;
  Sockets& sockets_;
  WatchPath& path_;
  ConnectionKind kind_;
  net::Endpoint address_;
  client::Payload payload_;
  std::optional<client::ConnectRace> race_;       ///< while it connects
  std::optional<client::EchoExchange> exchange_;  ///< while it is connected
  net::Fd fd_;
  net::Endpoint local_;
  Clock::time_point began_;  ///< to connect; then the connection; then the last message
  Clock::time_point connected_at_;
  Clock::time_point deadline_ = Clock::time_point::max();  ///< of the echo, or of the server's FIN
  Clock::time_point next_step_ = Clock::time_point::max();
  std::uint64_t sequence_ = 0;
  bool collects_ = false;  ///< echoes at ticks: epoll reports only the end
  bool half_closes_ = false;
  bool peer_ended_ = false;
  std::uint32_t known_retransmitted_ = 0;  ///< of this connection, as last read
  std::uint64_t retransmitted_ = 0;        ///< not taken yet
};

}  // namespace threadecho::watch
