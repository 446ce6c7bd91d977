#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "echo/lingering_close.h"
#include "echo/reasons.h"
#include "echo/session.h"

namespace threadecho::echo {

/// The life of one connection on a thread of its own: blocks in recv, sends everything back, and blocks again, until
/// there is a reason to close. Lives on that thread's stack; leaves the socket open, which the connection owns.
class BlockingEcho {
 public:
  BlockingEcho(Connection& connection, const EchoContext& context) noexcept;

  /// Once, before the first `run`.
  void begin();
  /// Echoes until the socket may be closed, and returns the reason to count. Returns nothing if a message has filled a
  /// `buffer` smaller than BUFFER_SIZE: then call it again with a buffer of that size, and with the filled one as
  /// `begun`, the beginning of the message. `buffer` bounds what one recv takes; its contents may be anything.
  std::optional<CloseReason> run(std::span<std::byte> buffer, std::span<const std::byte> begun = {});

 private:
  std::optional<CloseReason> echo(std::span<std::byte> bytes);
  std::optional<CloseReason> on_receive_timeout() const;
  void arm_receive_timeout(Clock::time_point now);
  CloseReason finish(LingeringClose close, std::span<std::byte> buffer) const;

  Session session_;
  const int fd_;
  std::chrono::milliseconds armed_;  ///< the receive timeout as the socket has it; 0 waits for ever
};

}  // namespace threadecho::echo
