#include "support/socket_io.h"

#include <sys/socket.h>

namespace threadecho::test {

std::string read_some(int fd, std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string read_exactly(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_WAITALL);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

void read_to_end(int fd) {
  while (!read_some(fd).empty()) {
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void echo_until_closed(int fd) {
  for (std::string bytes = read_some(fd); !bytes.empty() && write_all(fd, bytes);) {
    bytes = read_some(fd);
  }
}

}  // namespace threadecho::test
