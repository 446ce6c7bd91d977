#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "echo/ending.h"
#include "echo/reasons.h"
#include "echo/session.h"

namespace threadecho::echo {

/// The life of one connection on a thread of its own: blocks in recv, sends everything back, and blocks again, until
/// one of the reasons to end comes up. Made, run and dropped by that thread; the socket stays the connection's, and
/// stays open.
class BlockingEcho {
 public:
  /// `buffer` bounds what one recv takes; its contents may be anything.
  BlockingEcho(Connection& connection, const EchoContext& context, std::span<std::byte> buffer) noexcept;

  /// Returns when the socket may be closed, with the reason to count.
  CloseReason run();

 private:
  std::optional<CloseReason> echo(std::size_t size);
  std::optional<CloseReason> waited_in_vain();
  void arm_receive_timeout(Clock::time_point now);
  CloseReason finish(Ending ending);

  Session session_;
  const int fd_;
  const std::span<std::byte> buffer_;
  std::chrono::milliseconds armed_;  ///< the receive timeout as the socket has it; 0 waits for ever
};

}  // namespace threadecho::echo
