#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "echo/lingering_close.h"
#include "echo/reasons.h"
#include "echo/session.h"

namespace threadecho::echo {

/// The life of one connection among many on a thread of a pool, a turn at a time: does what can be done without
/// waiting, and says what to wait for. Belongs to one worker and its thread.
///
/// Does not read from a client that does not take its echo: all that it ever keeps of a client is the part of one recv
/// that the kernel would not take.
class PooledEcho {
 public:
  PooledEcho(Connection& connection, const EchoContext& context) noexcept : session_(connection, context) {}

  /// What comes after a turn.
  enum class Next {
    kWait,   ///< for the socket's next event, but not beyond `wait_until`
    kAgain,  ///< there is more to do at once; others may have their turn before
    kEnded,  ///< the socket may be closed, for `reason`
  };

  /// `buffer` bounds what one turn takes and may hold anything.
  Next take_turn(std::span<std::byte> buffer);

  /// After kWait: max() for as long as it takes.
  [[nodiscard]] Clock::time_point wait_until() const noexcept { return wait_until_; }
  /// After kEnded.
  [[nodiscard]] CloseReason reason() const noexcept { return closing_->reason(); }

 private:
  Next receive(std::span<std::byte> buffer);
  Next echo(std::span<std::byte> bytes, std::span<std::byte> buffer);
  Next flush(std::span<std::byte> buffer);
  Next wait_to_send();
  Next wait_to_receive();
  Next end(CloseReason reason, std::span<std::byte> buffer);
  Next step_close(std::span<std::byte> buffer);

  Session session_;
  bool begun_ = false;
  bool just_echoed_ = false;        ///< it asked for the next turn itself, without an event or a deadline
  bool is_sending_ = false;         ///< the last message is not out, or a fault holds its end; nothing is received
  std::vector<std::byte> unsent_;   ///< what the kernel would not take
  std::size_t sent_of_unsent_ = 0;  ///< bytes at its front that the kernel has taken since
  std::optional<LingeringClose> closing_;
  Clock::time_point wait_until_ = Clock::time_point::max();
};

}  // namespace threadecho::echo
