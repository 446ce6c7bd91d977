#include "serve/notify_socket.h"

#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace threadecho::serve {

std::optional<UnixAddress> parse_unix_address(std::string_view text) {
  UnixAddress result{.address = {.sun_family = AF_UNIX, .sun_path = {}}, .length = 0};
  // A path ends with a NUL, an abstract name begins with one.
  const bool is_path = text.starts_with('/');
  const std::size_t size = text.size() + (is_path ? 1 : 0);
  if ((!is_path && !text.starts_with('@')) || text.size() < 2 || size > sizeof result.address.sun_path) {
    return std::nullopt;
  }
  std::ranges::copy(text, std::begin(result.address.sun_path));
  if (!is_path) {
    result.address.sun_path[0] = '\0';
  }
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  return result;
}

NotifySocket::NotifySocket(const UnixAddress& address)
    : address_(address), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const timeval timeout{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

std::error_code NotifySocket::send(std::string_view message) const noexcept {
  const auto* const address = reinterpret_cast<const sockaddr*>(&address_.address);
  const auto sent = ::sendto(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL, address, address_.length);
  return sent < 0 ? std::error_code(errno, std::generic_category()) : std::error_code();
}

}  // namespace threadecho::serve
