#pragma once

#include <memory>

#include "http/limits.h"
#include "http/routes.h"
#include "log/logger.h"
#include "net/fd.h"

namespace threadecho::http {

/// The HTTP server: one thread, named `http`, which does all of its input and output without ever blocking.
/// A full server closes the connection that has gone longest without a request, so that a probe always gets in.
/// Owned by main, which starts it early and stops it last of all, so that a drain can be watched.
class Server {
 public:
  /// `listener` listens already, see net::listen_on; `logger` must outlive the server. Throws std::system_error.
  Server(net::Fd listener, Routes routes, Limits limits, log::Logger& logger);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops.
  ~Server();

  /// Once only, before stop(). Throws std::system_error when there is no thread to be had.
  void start();
  /// Closes the listener and all connections, answered or not, and joins the thread. Any number of times.
  void stop();

 private:
  class Implementation;  // keeps Beast's headers out of those who only start and stop
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace threadecho::http
