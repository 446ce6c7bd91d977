#include "support/scripted_server.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "net/listen.h"
#include "net/tcp.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

net::Fd listener(int backlog) {
  return net::listen_on(
      {.address = "127.0.0.1", .port = 0, .backlog = backlog, .setting = "a test", .before_listen = {}});
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), listener_(listener(16)), thread_([this] { serve(); }) {}

ScriptedServer::~ScriptedServer() {
  stop_.notify();
  thread_.join();
}

void ScriptedServer::serve() {
  std::array<pollfd, 2> entries{pollfd{listener_.get(), POLLIN, 0}, pollfd{stop_.fd(), POLLIN, 0}};
  while (::poll(entries.data(), entries.size(), -1) > 0 && entries[1].revents == 0) {
    const net::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client) {
      net::set_receive_timeout(client.get(), kPatience);
      net::set_send_timeout(client.get(), kPatience);
      script_(client.get());
    }
  }
}

// A queue for 0 takes one; a few more find it full, whatever the kernel makes of the number.
FullListener::FullListener() : listener_(listener(0)) {
  for (int i = 0; i < 4; ++i) {
    net::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const net::Endpoint server = endpoint();
    static_cast<void>(::connect(client.get(), server.address(), server.length()));
    waiting_.push_back(std::move(client));
  }
}

UnusedPort::UnusedPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const net::Endpoint any = net::Endpoint::parse("127.0.0.1", 0).value();
  if (::bind(fd_.get(), any.address(), any.length()) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind");
  }
}

void UnusedPort::listen() const {
  if (::listen(fd_.get(), 1) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
}

}  // namespace threadecho::test
