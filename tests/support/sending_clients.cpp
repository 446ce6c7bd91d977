#include "support/sending_clients.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdint>

namespace threadecho::test {
namespace {

constexpr std::size_t kMost = std::size_t{256} * 1024 * 1024;
constexpr std::size_t kUnderWay = 100'000;
constexpr std::size_t kPiece = 7919;  // fits no buffer evenly

}  // namespace

SendingClients::SendingClients(const net::Endpoint& server, std::size_t count) {
  clients_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    clients_.emplace_back(server);
  }
  for (Client& client : clients_) {
    const auto seed = static_cast<std::uint32_t>(threads_.size());
    threads_.emplace_back([&client, seed] { client.send_all(seed); });
    threads_.emplace_back([this, &client] { client.read_all(under_way_); });
  }
}

SendingClients::~SendingClients() {
  for (const Client& client : clients_) {
    ::shutdown(client.connection.fd(), SHUT_RDWR);
  }
  join();
}

bool SendingClients::are_under_way() const {
  return eventually([this] { return under_way_ == clients_.size(); });
}

void SendingClients::expect_exact_prefixes() {
  join();
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const Client& client = clients_[i];
    EXPECT_EQ(client.got.error_number, 0) << "client " << i;
    EXPECT_TRUE(client.sent.starts_with(client.got.bytes)) << "client " << i;
    EXPECT_GT(client.got.bytes.size(), kUnderWay) << "client " << i;
  }
}

void SendingClients::join() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) {
      thread.join();
    }
  }
}

void SendingClients::Client::send_all(std::uint32_t seed) {
  const std::string piece = random_bytes(kPiece, seed);
  while (sent.size() < kMost) {
    sent += piece;
    if (!connection.try_send(piece)) {
      break;
    }
  }
}

void SendingClients::Client::read_all(std::atomic<std::size_t>& under_way) {
  std::string first = connection.receive(kUnderWay);
  ++under_way;
  got = connection.receive_rest();
  got.bytes.insert(0, first);
  connection.half_close();  // what a client does on an end of file
}

}  // namespace threadecho::test
