#include "echo/refused_clients.h"

#include <sys/socket.h>

#include <utility>

#include "echo/drain.h"
#include "net/tcp.h"

namespace threadecho::echo {

void RefusedClients::add(net::Fd client, Clock::time_point now) {
  ::shutdown(client.get(), SHUT_WR);
  if (clients_.size() >= capacity_) {
    clients_.pop_front();
  }
  clients_.push_back({.fd = std::move(client), .deadline = now + kLinger});
}

void RefusedClients::append_to(std::vector<pollfd>& polled) const {
  for (const Client& client : clients_) {
    polled.push_back({.fd = client.fd.get(), .events = POLLIN, .revents = 0});
  }
}

void RefusedClients::tend(const std::vector<pollfd>& polled, std::size_t first, Clock::time_point now) {
  for (std::size_t i = 0; i < clients_.size() && first + i < polled.size(); ++i) {
    if (polled[first + i].revents == 0) {
      continue;
    }
    if (!discard(clients_[i])) {
      clients_[i].fd.reset();
    }
  }
  std::erase_if(clients_, [now](const Client& client) { return !client.fd || client.deadline <= now; });
}

bool RefusedClients::discard(Client& client) {
  const net::Discarded discarded = net::discard_received(client.fd.get(), scratch_);
  client.discarded_bytes += discarded.bytes;
  if (discarded.found == net::Discarded::Found::kNothingYet) {
    return true;
  }
  return discarded.found == net::Discarded::Found::kSome && client.discarded_bytes < kMostDiscardedBytes;
}

Clock::time_point RefusedClients::next_deadline() const {
  return clients_.empty() ? Clock::time_point::max() : clients_.front().deadline;
}

}  // namespace threadecho::echo
