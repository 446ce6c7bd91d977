#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "config/settings.h"
#include "echo/connection.h"
#include "echo/drain.h"
#include "echo/reasons.h"
#include "echo/stall_watch.h"
#include "log/logger.h"

namespace threadecho::echo {

/// What every connection of a server is served with. Borrowed; outlives all connections.
struct EchoContext {
  const config::Settings& settings;
  const Drain& drain;
  log::Logger& log;
};

/// The life of one connection on a thread of its own: blocks in recv, sends everything back, and blocks again, until
/// one of the reasons to end comes up. Made, run and dropped by that thread; the socket stays the connection's, and
/// stays open.
class BlockingEcho {
 public:
  /// `buffer` bounds what one recv takes; its contents may be anything.
  BlockingEcho(Connection& connection, const EchoContext& context, std::span<std::byte> buffer);

  /// Returns when the socket may be closed, with the reason to count.
  CloseReason run();

 private:
  std::optional<CloseReason> echo(std::size_t size);
  std::optional<CloseReason> send_all(std::span<const std::byte> bytes);
  [[nodiscard]] CloseReason broken(int error_number) const;
  [[nodiscard]] bool too_old() const;
  bool stalled();

  /// Which deadline has passed, if one has; otherwise waits again for the nearest.
  std::optional<CloseReason> expired(Clock::time_point now);
  void arm_receive_timeout(Clock::time_point now);

  /// The last part of a life, by how it ends.
  CloseReason finish(CloseReason reason);
  CloseReason finish_after_client_closed();
  void linger(Clock::time_point deadline);
  std::optional<CloseReason> deliver_tail();
  void wait_until_acknowledged(Clock::time_point deadline) const;

  Connection& connection_;
  const EchoContext& context_;
  const int fd_;
  const std::span<std::byte> buffer_;
  const std::optional<Clock::time_point> age_deadline_;
  StallWatch stall_watch_;
  Clock::time_point last_received_;
  std::chrono::milliseconds armed_{0};  ///< the receive timeout as the socket has it; 0 waits for ever
};

}  // namespace threadecho::echo
