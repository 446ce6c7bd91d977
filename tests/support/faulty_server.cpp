#include "support/faulty_server.h"

#include <poll.h>
#include <sys/socket.h>

#include "net/listen.h"
#include "net/tcp.h"

namespace threadecho::test {

FaultyServer::FaultyServer(Serve serve)
    : serve_(std::move(serve)),
      listener_(net::listen_on({.address = "127.0.0.1", .port = 0, .setting = "test", .before_listen = {}})),
      endpoint_(net::Endpoint::local_of(listener_.get())) {
  acceptor_ = std::thread([this] { accept_all(); });
}

FaultyServer::~FaultyServer() {
  stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RD);  // wakes poll
  acceptor_.join();
  for (const Client& client : clients_) {
    ::shutdown(client.fd.get(), SHUT_RDWR);
  }
  for (Client& client : clients_) {
    client.thread.join();
  }
}

void FaultyServer::accept_all() {
  for (int number = 0; !stopping_;) {
    pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, -1);
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      continue;
    }
    Client& client = clients_.emplace_back();
    client.fd = net::Fd(fd);
    client.thread = std::thread([this, fd, number] {
      serve_(fd, number);
      // The client sees the end, although the owner of the descriptor has not closed it.
      ::shutdown(fd, SHUT_RDWR);
    });
    ++number;
  }
}

}  // namespace threadecho::test
