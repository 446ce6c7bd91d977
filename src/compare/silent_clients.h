#pragma once

#include <chrono>
#include <cstdint>

#include "client/signal_fd.h"
#include "compare/comparison.h"
#include "net/endpoint.h"

namespace threadecho::compare {

/// Connects this many clients that send nothing, then one more that sends a message, and measures how long that one
/// waits for its echo: up to `patience` while they stay, and if it gets none, until it comes after they have left.
/// Throws std::runtime_error if it does not come then, or is wrong, and Interrupted.
WaitBehind wait_behind(std::uint32_t silent_clients, const net::Endpoint& server, std::chrono::milliseconds patience,
                       client::SignalFd& signals);

}  // namespace threadecho::compare
