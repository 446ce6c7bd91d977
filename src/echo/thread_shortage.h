#pragma once

#include <chrono>
#include <cstdint>
#include <system_error>

#include "echo/connection.h"
#include "echo/connection_quota.h"
#include "echo/thread_model.h"
#include "log/logger.h"

namespace threadecho::echo {

/// Lowers the limit of connections when the system cannot create a thread for a client: to the number that was reached,
/// so that readiness and the metrics show it. Restores the limit when the system can create a thread again. `retry`
/// checks that kRetry after the last failure while as many connections are open as were reached, and kForget after it
/// while fewer are open, because one thread proves less then. The number of threads that a busy system can create moves
/// up and down; the pauses keep readiness from following it. Meanwhile the server tries to serve each new client, and
/// the limit grows with those that it serves. Owned by the server; only for the acceptor's thread.
class ThreadShortage {
 public:
  static constexpr std::chrono::seconds kRetry{10};
  static constexpr std::chrono::seconds kForget{60};

  ThreadShortage(ConnectionQuota& quota, const ThreadModel& threads, log::Logger& log)
      : quota_(quota), threads_(threads), log_(log) {}

  /// A client was refused because of `error`, while `reached` others were connected.
  void client_refused(const std::error_code& error, std::uint32_t reached, Clock::time_point now) noexcept;
  /// A client was served, and `reached` were connected then, this one included.
  void client_served(std::uint32_t reached) {
    if (lasts_) {
      follow(reached);
    }
  }
  /// When `retry` is due; Clock::time_point::max() without a shortage.
  [[nodiscard]] Clock::time_point next_retry() const;
  /// Checks whether a thread can be created, if `next_retry` has come.
  void retry(Clock::time_point now);

 private:
  void follow(std::uint32_t reached);
  void end();

  ConnectionQuota& quota_;
  const ThreadModel& threads_;
  log::Logger& log_;
  bool lasts_ = false;
  Clock::time_point failed_at_{};
};

}  // namespace threadecho::echo
