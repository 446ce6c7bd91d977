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
  clients_.push_back({std::move(client), now + kLinger});
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
    const net::Discarded discarded = net::discard_received(clients_[i].fd.get(), scratch_);
    if (discarded == net::Discarded::kEnd || discarded == net::Discarded::kError) {
      clients_[i].fd.reset();
    }
  }
  std::erase_if(clients_, [now](const Client& client) { return !client.fd || client.deadline <= now; });
}

Clock::time_point RefusedClients::next_deadline() const {
  return clients_.empty() ? Clock::time_point::max() : clients_.front().deadline;
}

}  // namespace threadecho::echo
