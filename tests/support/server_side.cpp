#include "support/server_side.h"

#include <sys/socket.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace threadecho::test {

int descriptor_with_peer(const net::Endpoint& client) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* const peer = reinterpret_cast<sockaddr*>(&storage);
    if (::getpeername(fd, peer, &length) == 0 && (peer->sa_family == AF_INET || peer->sa_family == AF_INET6) &&
        net::Endpoint(peer, length).address_key() == client.address_key() &&
        net::Endpoint(peer, length).port() == client.port()) {
      return fd;
    }
  }
  return -1;
}

int int_option(int fd, int level, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd, level, name, &value, &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "getsockopt");
  }
  return value;
}

}  // namespace threadecho::test
