#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string_view>
#include <system_error>

#include "net/fd.h"

namespace threadecho::serve {

struct UnixAddress {
  sockaddr_un address;
  socklen_t length;
};

/// From "/path", or "@name" of the abstract namespace, unix(7). Nothing for anything else, or what is too long.
std::optional<UnixAddress> parse_unix_address(std::string_view text);

/// Sends messages to the service manager, in the protocol of sd_notify(3): datagrams of lines NAME=VALUE. libsystemd
/// does the same, but with its own libraries it adds 5 MB to an image of less than 10.
class NotifySocket {
 public:
  /// `address` is NOTIFY_SOCKET.
  explicit NotifySocket(const UnixAddress& address);

  /// Waits for room, a second at most: a manager that does not read must not hold up a drain.
  [[nodiscard]] std::error_code send(std::string_view message) const noexcept;

 private:
  UnixAddress address_;
  net::Fd fd_;
};

}  // namespace threadecho::serve
