#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/environment.h"
#include "host/heartbeat.h"
#include "log/logger.h"
#include "serve/notify_socket.h"

namespace threadecho::serve {

/// Tells the service manager (systemd) how the server is: when it is ready, how many connections it has, that its
/// threads are alive, and that a drain still goes on. Without NOTIFY_SOCKET it does nothing. For main's thread.
class ServiceManager {
 public:
  using Clock = host::Heartbeat::Clock;

  /// How often the service manager is told the number of connections, if that has changed.
  static constexpr std::chrono::seconds kReport{2};
  /// How long the service manager waits for the next message of a drain before it ends the process.
  static constexpr std::chrono::seconds kExtension{10};

  /// `variables` are what take_service_variables returned, `self` is this process.
  ServiceManager(const host::Environment& variables, pid_t self, log::Logger& log);

  [[nodiscard]] bool is_there() const noexcept { return socket_.has_value(); }
  /// Makes the watchdog, if there is one, depend on this thread too. Call before the thread starts. Keeps both
  /// references.
  void watch(std::string_view name, host::Heartbeat& heartbeat);

  /// The server serves.
  void ready();
  /// To be called after `time_to_report`, with the number of connections.
  void serving(std::size_t connections, Clock::time_point now);
  /// A drain begins.
  void stopping(std::size_t connections, Clock::time_point now);
  /// To be called often while the drain goes on.
  void draining(std::size_t connections, Clock::time_point now);

  /// How long until `serving` has something to do.
  [[nodiscard]] Clock::duration time_to_report(Clock::time_point now) const noexcept;

 private:
  struct Watched {
    std::string_view name;
    const host::Heartbeat* heartbeat;
  };

  [[nodiscard]] bool are_threads_alive(Clock::time_point now);
  void send(const std::string& message);

  log::Logger& log_;
  std::optional<NotifySocket> socket_;
  std::optional<std::chrono::microseconds> watchdog_;
  std::vector<Watched> watched_;
  std::string_view stuck_;  ///< the thread that the log has named, while it does not respond
  Clock::time_point next_report_ = Clock::time_point::min();
  Clock::time_point next_watchdog_ = Clock::time_point::min();
  std::optional<std::size_t> reported_;  ///< the number of connections in the last report
  bool has_failed_ = false;
};

}  // namespace threadecho::serve
