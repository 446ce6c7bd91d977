#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "echo/connection.h"
#include "echo/connection_faults.h"
#include "echo/context.h"
#include "echo/reasons.h"
#include "echo/write_stall_detector.h"

namespace threadecho::echo {

/// One connection's echo without the waiting: counts, logs, and decides when the connection ends, in every thread model
/// alike. The model decides how a thread waits for the client: in recv for one, or in epoll_wait for many.
/// Belongs to the thread that serves the connection.
class Session {
 public:
  Session(Connection& connection, const EchoContext& context) noexcept;

  [[nodiscard]] Connection& connection() const noexcept { return connection_; }
  [[nodiscard]] const EchoContext& context() const noexcept { return context_; }
  [[nodiscard]] int fd() const noexcept { return connection_.fd(); }

  /// The serving thread is about to receive for the first time.
  void begin() noexcept;

  /// `bytes` have been received. Returns a reason to close without echoing them, if there is one.
  std::optional<CloseReason> on_received(std::span<const std::byte> bytes);
  /// One send(2) of what is left of them, with `flags`; removes from the front of `bytes` what the kernel took. Returns
  /// a reason to close, if there is one: an error, or too long without progress. With faults: as many as they let pass,
  /// and perhaps not those that were received.
  std::optional<CloseReason> send_some(std::span<std::byte>& bytes, int flags) {
    return faults_ == nullptr ? send_once(bytes, flags) : send_with_faults(bytes, flags);
  }
  /// The kernel has the last byte of what was received. Returns a reason to close, if there is one: too old.
  std::optional<CloseReason> on_echoed();

  /// The reason to close a connection on which recv or send failed with `error_number`.
  [[nodiscard]] CloseReason reason_after_error(int error_number) const noexcept;
  /// The reason to close a connection on which nothing can be received now, if there is one: ended from outside, too
  /// old, or idle.
  [[nodiscard]] std::optional<CloseReason> reason_if_overdue(Clock::time_point now) const noexcept;
  /// The reason to close a connection whose client does not read, if there is one: too old, or stalled.
  [[nodiscard]] std::optional<CloseReason> reason_if_stuck(Clock::time_point now) noexcept;

  /// A fault, and not the client, holds back what `send_some` has left, or what the client sends next: call `send_some`
  /// again at `send_deadline`, even if nothing is left.
  [[nodiscard]] bool is_held() const noexcept { return faults_ != nullptr && faults_->is_held(); }
  /// For a thread that may block: waits while `is_held`, until faults have changed, or until the connection has been
  /// ended from outside.
  void wait_while_held() { context_.faults.wait(send_deadline(), fault_generation_, connection_); }
  /// A fault ends the connection, with an RST.
  [[nodiscard]] bool ends_with_reset() const noexcept { return faults_ != nullptr && faults_->resets(); }

  /// When to call `reason_if_stuck` next if nothing can be sent; max() for never. Call it before this.
  [[nodiscard]] Clock::time_point send_deadline() const noexcept;
  /// When to look next while only acknowledgements are missing. Skips the looks in between, because thousands of
  /// clients may leave the ends of their echoes unread.
  [[nodiscard]] Clock::time_point tail_deadline() const noexcept;
  /// MAX_CONNECTION_AGE as a point in time; max() without one.
  [[nodiscard]] Clock::time_point age_deadline() const noexcept { return age_deadline_; }
  /// When to call `reason_if_overdue` next if nothing arrives; max() for never.
  [[nodiscard]] Clock::time_point receive_deadline() const noexcept;
  [[nodiscard]] Clock::time_point last_received() const noexcept { return last_received_; }

 private:
  std::optional<CloseReason> update_faults();
  std::optional<CloseReason> send_with_faults(std::span<std::byte>& bytes, int flags);
  std::optional<CloseReason> send_once(std::span<std::byte>& bytes, int flags);
  void set_held(bool held) noexcept { connection_.set_held_by_fault(held); }
  [[nodiscard]] std::optional<CloseReason> reason_if_held(Clock::time_point now) const noexcept;

  Connection& connection_;
  const EchoContext& context_;
  const Clock::time_point age_deadline_;
  WriteStallDetector write_stall_;
  Clock::time_point stall_looked_at_{};       ///< when the last look was, or the stall can have begun
  Clock::time_point received_at_{};           ///< of the message that is being echoed
  Clock::time_point tcp_info_read_at_{};      ///< when TCP_INFO was last read
  Clock::time_point last_received_{};         ///< when the last message was echoed, or the session began
  std::uint32_t fault_generation_ = 0;        ///< of the table, as known here
  std::unique_ptr<ConnectionFaults> faults_;  ///< null unless one hits the connection
};

/// How long a blocking send waits before the thread looks whether the client is stuck; 0: for ever. From then on the
/// thread waits until `send_deadline` instead, which is exact.
std::chrono::milliseconds blocking_send_timeout(const config::Settings& settings);

/// The end of a connection in every model: it leaves the registry, its end is logged, and its descriptor closes.
void close_connection(std::unique_ptr<Connection> connection, CloseReason reason, const EchoContext& context);

}  // namespace threadecho::echo
