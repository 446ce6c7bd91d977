#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "client/failure.h"
#include "client/signal_fd.h"
#include "client/wait.h"

namespace threadecho::client {

enum class AfterSending {
  kStayOpen,
  kHalfClose,  ///< sends FIN behind the message: the server owes the whole echo, and then its own FIN
};

struct EchoResult {
  std::chrono::nanoseconds round_trip{};  ///< from the first byte handed to the kernel to the last one received
  std::optional<Failure> failure;
  bool interrupted = false;  ///< a signal came first; nothing is known of this message
};

/// Sends `message` over a connected socket that does not block, and compares what comes back with it, byte for byte,
/// while it is still sending: a server may answer before it has the whole message. Close the connection after a
/// failure. `signals` may be null.
EchoResult echo_once(int fd, std::span<const std::byte> message, AfterSending after, Deadline deadline,
                     SignalFd* signals);

}  // namespace threadecho::client
