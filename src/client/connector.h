#pragma once

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include "client/failure.h"
#include "client/signal_fd.h"
#include "client/target.h"
#include "client/wait.h"
#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::client {

/// What a look-up of a name found.
struct Resolution {
  std::vector<net::Endpoint> endpoints;  ///< in the order in which to try them (RFC 6724); empty: not found
  std::string reason;                    ///< why it is empty, in the system's words
};

/// The failure of a look-up that found no address.
Failure name_failure(const std::string& host, const std::string& reason);

/// Every address of the host, with its port. Blocks as long as getaddrinfo(3) does, which resolv.conf bounds; a numeric
/// address takes no look-up.
Resolution resolve(const Target& target);

/// Begins to connect a new socket that does not block and has TCP_NODELAY; none and `error` when that fails at once. It
/// connects from `source` (port 0: any port); null leaves the address to the system as well.
net::Fd begin_connect(const net::Endpoint& target, const net::Endpoint* source, std::error_code& error);

/// What has become of it, once the socket is writable; no error when it is connected. A socket that got connected to
/// itself, as TCP can among ephemeral ports of one host, counts as connection_refused: it would echo.
std::error_code finish_connect(int fd, const net::Endpoint& target);

/// Both for one address, before the deadline; none and `error` when it fails: timed_out (ours, or the system's),
/// operation_canceled after a signal, or what connect(2) says.
net::Fd connect_to(const net::Endpoint& endpoint, Deadline deadline, SignalFd* signals, std::error_code& error,
                   const net::Endpoint* source = nullptr);

/// One try to connect.
struct Attempt {
  net::Endpoint endpoint;
  std::chrono::nanoseconds duration{};
  std::error_code error;  ///< none when it succeeded
};

/// Why none of these connected. Of several addresses the one that got furthest counts (reset or refused: a host
/// answered; then timed out, then unreachable), and the text names all. `attempts` is not empty, and all failed.
Failure connect_failure(const std::vector<Attempt>& attempts);

struct Connected {
  net::Fd fd;                     ///< none if no address could be connected to
  std::vector<Attempt> attempts;  ///< the last one is that of `fd`, if there is one
};

/// Tries one address after another, each for at most `timeout`, until one connects or a signal comes.
Connected connect_to_any(const std::vector<net::Endpoint>& endpoints, std::chrono::milliseconds timeout,
                         SignalFd* signals, const net::Endpoint* source = nullptr);

}  // namespace threadecho::client
