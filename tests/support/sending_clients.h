#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "net/endpoint.h"
#include "support/test_client.h"

namespace threadecho::test {

/// Clients that send without a pause, and read, until their connections end or they have sent 256 MiB.
class SendingClients {
 public:
  SendingClients(const net::Endpoint& server, std::size_t count);
  ~SendingClients();
  SendingClients(const SendingClients&) = delete;
  SendingClients& operator=(const SendingClients&) = delete;

  /// Waits until each has got 100 kB back; false after kPatience.
  [[nodiscard]] bool are_under_way() const;
  /// Waits for the end of all connections, and expects of each: exactly a prefix of what was sent, more of it than when
  /// it was under way, then an end of file.
  void expect_exact_prefixes();

 private:
  struct Client {
    explicit Client(const net::Endpoint& server) : connection(server) {}
    void send_all(std::uint32_t seed);
    void read_all(std::atomic<std::size_t>& under_way);

    TestClient connection;
    std::string sent;
    TestClient::Rest got;
  };

  void join();

  std::vector<Client> clients_;
  std::atomic<std::size_t> under_way_{0};
  std::vector<std::thread> threads_;
};

}  // namespace threadecho::test
