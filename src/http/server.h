#pragma once

#include <memory>

#include "host/heartbeat.h"
#include "http/service.h"
#include "log/logger.h"
#include "net/listen.h"

namespace threadecho::http {

/// An HTTP server: one thread, named `http`, which does all of its input and output without ever blocking.
/// A full server closes the connection that has gone longest without a request, so that a probe always gets in.
/// Owned by the command that serves, which starts it early and stops it last, so that a drain can be watched.
class Server {
 public:
  /// `listeners` listen already, see net::listen_on; `logger` must outlive the server. Throws std::system_error.
  Server(net::Listeners listeners, Service service, log::Logger& logger);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops.
  ~Server();

  /// Once only, before stop(). Throws std::system_error if the thread cannot be created.
  void start();
  /// The heartbeat of the thread. Begin it before `start`; do not use it after `stop`.
  [[nodiscard]] host::Heartbeat& heartbeat() noexcept;
  /// Closes the listeners and all connections, answered or not, and joins the thread. Any number of times.
  void stop();

 private:
  class Implementation;  // keeps Beast's headers out of files that only start and stop a server
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace threadecho::http
