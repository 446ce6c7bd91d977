#pragma once

#include <chrono>
#include <cstdint>

#include "client/signal_fd.h"
#include "compare/compared_server.h"
#include "compare/comparison.h"

namespace threadecho::compare {

/// Connects this many clients that send nothing, then one more that sends a message, and measures how long that one
/// waits for its echo: up to `patience` while they stay, and if it gets none, until it comes after they have left. It
/// sends once each of them has a thread or waits for one: to start a thread is no part of the wait. Throws
/// std::runtime_error if the echo does not come then, or is wrong, and Interrupted.
WaitBehind wait_behind(std::uint32_t silent_clients, ComparedServer& server, std::chrono::milliseconds patience,
                       client::SignalFd& signals);

}  // namespace threadecho::compare
