#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "echo/connection.h"
#include "echo/context.h"
#include "echo/reasons.h"
#include "echo/write_stall_detector.h"

namespace threadecho::echo {

/// One connection's echo without the waiting: what is counted, logged and decided, the same in both thread models. How
/// a thread waits for the client, blocked in recv or in epoll_wait for many, is the model's.
/// Belongs to the thread that serves the connection.
class Session {
 public:
  Session(Connection& connection, const EchoContext& context) noexcept;

  [[nodiscard]] Connection& connection() const noexcept { return connection_; }
  [[nodiscard]] const EchoContext& context() const noexcept { return context_; }
  [[nodiscard]] int fd() const noexcept { return connection_.fd(); }

  /// The serving thread is about to receive for the first time.
  void begin() noexcept;

  /// `bytes` have been received. Returns why they are not to be echoed, if so.
  std::optional<CloseReason> on_received(std::span<const std::byte> bytes);
  /// One send(2) of what is left of them, with `flags`; takes what the kernel took from the front of `bytes`. Returns
  /// why the connection ends, if it does: an error, or too long without progress.
  std::optional<CloseReason> send_some(std::span<const std::byte>& bytes, int flags);
  /// The kernel has the last byte of what was received. Returns why the connection ends now, if it does: too old.
  std::optional<CloseReason> on_echoed();

  /// Why the connection ends on which recv failed with `error_number`.
  [[nodiscard]] CloseReason reason_after_error(int error_number) const noexcept;
  /// Why a connection on which nothing can be received now ends, if it does: ended from outside, too old, or idle.
  [[nodiscard]] std::optional<CloseReason> reason_if_overdue(Clock::time_point now) const noexcept;
  /// Why a connection whose client does not take its bytes ends, if it does: too old, or stalled.
  [[nodiscard]] std::optional<CloseReason> reason_if_stuck(Clock::time_point now) noexcept;

  /// When `stuck` is to be asked next if nothing can be sent; max() for never. For after `stuck`.
  [[nodiscard]] Clock::time_point send_deadline() const noexcept;
  /// The same while only acknowledgements are awaited: without looks between, because thousands of clients may leave
  /// their tails unread.
  [[nodiscard]] Clock::time_point tail_deadline() const noexcept;
  /// MAX_CONNECTION_AGE as a point in time; max() without one.
  [[nodiscard]] Clock::time_point age_deadline() const noexcept { return age_deadline_; }
  /// When `overdue` is to be asked next if nothing arrives; max() for never.
  [[nodiscard]] Clock::time_point receive_deadline() const noexcept;
  [[nodiscard]] Clock::time_point last_received() const noexcept { return last_received_; }

 private:
  Connection& connection_;
  const EchoContext& context_;
  const Clock::time_point age_deadline_;
  WriteStallDetector write_stall_;
  Clock::time_point stall_looked_at_{};   ///< when `stuck` was last asked, or the stall can have begun
  Clock::time_point received_at_{};       ///< of the message that is being echoed
  Clock::time_point tcp_info_read_at_{};  ///< the kernel was last asked about the path
  Clock::time_point last_received_{};     ///< when the last message was echoed, or the session began
};

/// How long a blocking send waits before the thread asks whether the client is `stuck`; 0: for ever. From then on the
/// thread waits until `send_deadline` instead, which is exact.
std::chrono::milliseconds blocking_send_timeout(const config::Settings& settings);

/// The end of a connection in every model: it leaves the registry, its end is logged, and its descriptor closes.
void close_connection(std::unique_ptr<Connection> connection, CloseReason reason, const EchoContext& context);

}  // namespace threadecho::echo
