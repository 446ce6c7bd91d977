#include "echo/refused_clients.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "echo/drain.h"

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
  // MSG_TRUNC: the kernel drops the bytes instead of copying them, tcp(7).
  const ssize_t size = ::recv(client.fd.get(), scratch_.data(), scratch_.size(), MSG_DONTWAIT | MSG_TRUNC);
  if (size > 0) {
    client.discarded_bytes += static_cast<std::size_t>(size);
    return client.discarded_bytes < kMostDiscardedBytes;
  }
  return size < 0 && (errno == EAGAIN || errno == EINTR);
}

Clock::time_point RefusedClients::next_deadline() const {
  return clients_.empty() ? Clock::time_point::max() : clients_.front().deadline;
}

}  // namespace threadecho::echo
