#pragma once

#include <chrono>
#include <system_error>

#include "echo/connection.h"
#include "echo/connection_quota.h"
#include "echo/thread_model.h"
#include "log/logger.h"

namespace threadecho::echo {

/// Has the limit of connections follow what the system gives threads for. Without a thread for a client, the limit
/// becomes the number of connections that was reached, so readiness falls and the metrics say so. The highest limit
/// comes back when, at the reached one, a thread could be created again, at the earliest kRetry after the last failure:
/// the numbers of a busy system that is at its limit move by a few threads, and readiness must not follow each of them.
/// Meanwhile each client that comes is tried, and the limit grows with those that are served. Owned by the server; only
/// for the acceptor's thread.
class ThreadShortage {
 public:
  static constexpr std::chrono::seconds kRetry{10};

  ThreadShortage(ConnectionQuota& quota, const ThreadModel& threads, log::Logger& log)
      : quota_(quota), threads_(threads), log_(log) {}

  /// A client was refused because of `error`; it holds no place any more.
  void client_refused(const std::error_code& error, Clock::time_point now) noexcept;
  /// A client was served.
  void client_served() {
    if (lasts_) {
      follow();
    }
  }
  /// When `retry` is due; Clock::time_point::max() if it could tell nothing, because fewer connections are open than
  /// were reached.
  [[nodiscard]] Clock::time_point next_retry() const;
  /// Tries whether a thread can be created, if that is due.
  void retry(Clock::time_point now);

 private:
  void follow();
  void end();

  ConnectionQuota& quota_;
  const ThreadModel& threads_;
  log::Logger& log_;
  bool lasts_ = false;
  Clock::time_point failed_at_{};
};

}  // namespace threadecho::echo
