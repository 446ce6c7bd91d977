#pragma once

#include <chrono>

namespace threadecho::net {

/// The timeout, in milliseconds, with which poll(2) or epoll_wait(2) waits until `until`; -1 (for ever) for max().
/// The kernel may end a wait 0.1 % late, or 0.5 % for a niced task, and up to 100 ms (fs/select.c). So that this does
/// not add up, the timeout of a long wait is a little short: the caller looks at the clock and waits again.
int poll_timeout(std::chrono::steady_clock::time_point until, std::chrono::steady_clock::time_point now) noexcept;

}  // namespace threadecho::net
