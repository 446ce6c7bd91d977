#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "client/signal_fd.h"
#include "compare/comparison.h"
#include "net/endpoint.h"

namespace threadecho::compare {

/// Connects this many clients that send nothing, then one more that sends a message, and measures how long that one
/// waits for its echo: up to `patience` while they stay, and if it gets none, until it comes after they have left.
/// Before it sends, `wait_until_used_by` waits until the server has this many clients, each with a thread or waiting
/// for one: the wait must not include the start of a thread. Throws std::runtime_error if the echo does not come in the
/// end or is wrong, and Interrupted.
WaitBehind wait_behind(std::uint32_t silent_clients, const net::Endpoint& server,
                       const std::function<void(std::uint32_t clients)>& wait_until_used_by,
                       std::chrono::milliseconds patience, client::SignalFd& signals);

}  // namespace threadecho::compare
