#pragma once

#include <poll.h>

#include <chrono>
#include <vector>

#include "client/signal_fd.h"

namespace threadecho::client {

using Deadline = std::chrono::steady_clock::time_point;

enum class Waited { kReady, kTimedOut, kInterrupted };

/// The time until then, rounded up; 0 if it has passed.
std::chrono::milliseconds time_left(Deadline deadline);

/// Waits with poll(2) until one of `events` (or an error) has come to `fd`, or the deadline has passed, or a signal
/// asks to end, which wins over the others. `signals` may be null; with an `fd` of -1 this is a sleep. Once a signal
/// has been taken, every wait ends at once.
Waited wait_for(int fd, short events, Deadline deadline, SignalFd* signals);

/// The same for several descriptors; does not say which.
Waited wait_for_any(std::vector<pollfd> entries, Deadline deadline, SignalFd* signals);

}  // namespace threadecho::client
