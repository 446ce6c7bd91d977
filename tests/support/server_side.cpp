#include "support/server_side.h"

#include <dirent.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>

namespace threadecho::test {

int descriptor_with_peer(const net::Endpoint& client) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  while (const dirent* const entry = directory ? ::readdir(directory.get()) : nullptr) {
    const int fd = std::atoi(entry->d_name);
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
