#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "admin/identity_line.h"
#include "echo/refused_clients.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/listen.h"
#include "net/wakeup.h"

namespace threadecho::admin {

/// The service of IDENTITY_PORT: sends each client one line, then an end of file, and never what the client sent. A
/// client may stay for a second and send 1 MiB, which is discarded; if there are more than kMostClients, the oldest is
/// closed. So clients use little memory and few descriptors. The service runs on a thread of its own.
/// Owned by the command that serves, which calls the members on its thread.
class IdentityServer {
 public:
  static constexpr std::size_t kMostClients = 64;
  /// Descriptors that it may use: those of the clients, and one for a client that is being accepted.
  static constexpr std::uint64_t kDescriptors = kMostClients + 1;

  /// `listeners` are non-blocking, and at least one. The log outlives the server.
  IdentityServer(net::Listeners listeners, Identity identity, log::Logger& log);
  /// Stops, if that has not been done.
  ~IdentityServer();
  IdentityServer(const IdentityServer&) = delete;
  IdentityServer& operator=(const IdentityServer&) = delete;

  /// Of the first listener.
  [[nodiscard]] const net::Endpoint& endpoint() const noexcept { return endpoint_; }
  /// Throws std::system_error if the thread cannot be created.
  void start();
  /// Has the thread answer every client that waits, and close the listeners; does not wait for that. Clients of a
  /// listener that outlives the process wait for the process that comes next.
  void stop_accepting();
  /// Waits until the last client has gone, a second at most.
  void join();

 private:
  void run();
  void wait();
  void answer_waiting(const net::Fd& listener);
  /// False if no client waits, or none can be accepted now.
  bool answer_one(const net::Fd& listener);

  net::Listeners listeners_;  ///< none once it has stopped
  const net::Endpoint endpoint_;
  const Identity identity_;
  log::Logger& log_;
  log::RateLimit error_lines_;
  net::Wakeup wakeup_;
  /// Relaxed: the wake-up makes the thread look, and nothing else is handed over with it.
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // Only for its thread:
  echo::RefusedClients leaving_{kMostClients};
  std::vector<pollfd> polled_;
  echo::Clock::time_point paused_until_{};
  std::uint64_t answered_ = 0;
};

}  // namespace threadecho::admin
