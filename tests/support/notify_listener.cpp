#include "support/notify_listener.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "serve/notify_socket.h"
#include "support/eventually.h"

namespace threadecho::test {

NotifyListener::NotifyListener(Kind kind)
    : address_((kind == Kind::kAbstract ? "@" : "") + (directory_.path() / "notify").string()),
      fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const auto address = serve::parse_unix_address(address_).value();
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address.address), address.length) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind");
  }
}

std::optional<std::string> NotifyListener::next(std::chrono::milliseconds time) {
  pollfd polled{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&polled, 1, static_cast<int>(time.count())) <= 0) {
    return std::nullopt;
  }
  std::array<char, 4096> buffer{};
  const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  return std::string(buffer.data(), static_cast<std::size_t>(size < 0 ? 0 : size));
}

std::string NotifyListener::wait_for(std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string seen;
  while (std::chrono::steady_clock::now() < deadline) {
    if (const auto message = next(std::chrono::milliseconds(100))) {
      if (message->find(text) != std::string::npos) {
        return *message;
      }
      seen += *message + "\n";
    }
  }
  throw std::runtime_error("no message has " + std::string(text) + " in it:\n" + seen);
}

void NotifyListener::clear() {
  while (next(std::chrono::milliseconds(0))) {
  }
}

}  // namespace threadecho::test
