#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "net/endpoint.h"
#include "net/fd.h"
#include "support/socket_io.h"

namespace threadecho::test {

/// A server that calls a function of the test for each client, on a thread of its own, and closes the connection when
/// the function returns. The destructor ends all connections.
class FaultyServer {
 public:
  /// Called with a blocking socket, from many threads at once, and with the number of the client, from 0.
  using Serve = std::function<void(int fd, int number)>;

  explicit FaultyServer(Serve serve);
  ~FaultyServer();
  FaultyServer(const FaultyServer&) = delete;
  FaultyServer& operator=(const FaultyServer&) = delete;

  [[nodiscard]] net::Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] std::string target() const { return endpoint_.to_string(); }

 private:
  struct Client {
    net::Fd fd;
    std::thread thread;
  };
  void accept_all();

  Serve serve_;
  net::Fd listener_;
  net::Endpoint endpoint_;
  std::atomic<bool> stopping_{false};
  std::list<Client> clients_;
  std::thread acceptor_;
};

}  // namespace threadecho::test
