#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "net/endpoint.h"
#include "net/fd.h"
#include "net/wakeup.h"
#include "support/socket_io.h"

namespace threadecho::test {

/// A server on 127.0.0.1 that runs its script for each client, one after another. The script does what a proper server
/// never does. The client's socket blocks, and closes when the script returns. The destructor waits for the script,
/// which must return once its client has closed.
class ScriptedServer {
 public:
  using Script = std::function<void(int client)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] net::Endpoint endpoint() const { return net::Endpoint::local_of(listener_.get()); }

 private:
  void serve();

  Script script_;
  net::Fd listener_;
  net::Wakeup stop_;
  std::thread thread_;
};

/// A listener whose queue is full: a client that connects waits, and gets no answer.
class FullListener {
 public:
  FullListener();

  [[nodiscard]] net::Endpoint endpoint() const { return net::Endpoint::local_of(listener_.get()); }

 private:
  net::Fd listener_;
  std::vector<net::Fd> waiting_;
};

/// An address on loopback where nothing listens, and nothing else will: its port stays bound.
class UnusedPort {
 public:
  UnusedPort();

  /// From now on the kernel accepts connections.
  void listen() const;
  [[nodiscard]] net::Endpoint endpoint() const { return net::Endpoint::local_of(fd_.get()); }

 private:
  net::Fd fd_;
};

}  // namespace threadecho::test
