#pragma once

#include <chrono>

#include "client/signal_fd.h"

namespace threadecho::client {

using Deadline = std::chrono::steady_clock::time_point;

enum class Waited { kReady, kTimedOut, kInterrupted };

/// Waits with poll(2) until one of `events` (or an error) has come to `fd`, or the deadline has passed, or a signal
/// asks to end, which wins over the others. `signals` may be null; with an `fd` of -1 this is a sleep. Once a signal
/// has been taken, every wait ends at once.
Waited wait_for(int fd, short events, Deadline deadline, SignalFd* signals);

}  // namespace threadecho::client
