#pragma once

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include "client/interrupt.h"
#include "client/target.h"
#include "client/wait.h"
#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::client {

/// What a look-up of a name found.
struct Resolution {
  std::vector<net::Endpoint> endpoints;  ///< in the order in which they are to be tried (RFC 6724); empty: not found
  std::string reason;                    ///< why it is empty, in the system's words
};

/// Every address of the host, with its port. Blocks as long as getaddrinfo(3) does, which resolv.conf bounds; a numeric
/// address takes no look-up.
Resolution resolve(const Target& target);

/// Connects to one address before the deadline: a socket that does not block, with TCP_NODELAY, or none and `error`:
/// timed_out (ours, or the system's), operation_canceled after a signal, or what connect(2) says. A socket that got
/// connected to itself, as TCP can among ephemeral ports of one host, counts as connection_refused: it would echo.
net::Fd connect_to(const net::Endpoint& endpoint, Deadline deadline, Interrupt* interrupt, std::error_code& error);

/// One try to connect.
struct Attempt {
  net::Endpoint endpoint;
  std::chrono::nanoseconds duration{};
  std::error_code error;  ///< none when it succeeded
};

struct Connected {
  net::Fd fd;                     ///< none when no address could be had
  std::vector<Attempt> attempts;  ///< the last one is that of `fd`, if there is one
};

/// Tries one address after another, each for at most `timeout`, until one connects or a signal comes.
Connected connect_to_any(const std::vector<net::Endpoint>& endpoints, std::chrono::milliseconds timeout,
                         Interrupt* interrupt);

}  // namespace threadecho::client
