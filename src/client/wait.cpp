#include "client/wait.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace threadecho::client {
namespace {

timespec time_until(Deadline deadline) {
  const auto left = std::max(deadline - std::chrono::steady_clock::now(), Deadline::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_nsec = static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
}

}  // namespace

std::chrono::milliseconds time_left(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

Waited wait_for(int fd, short events, Deadline deadline, SignalFd* signals) {
  return wait_for_any({pollfd{fd, events, 0}}, deadline, signals);
}

Waited wait_for_any(std::vector<pollfd> entries, Deadline deadline, SignalFd* signals) {
  if (signals != nullptr && signals->signal()) {
    return Waited::kInterrupted;
  }
  // poll(2) passes over negative descriptors.
  entries.push_back({.fd = signals != nullptr ? signals->fd() : -1, .events = POLLIN, .revents = 0});
  for (;;) {
    const timespec timeout = time_until(deadline);
    const int ready = ::ppoll(entries.data(), entries.size(), &timeout, nullptr);
    if (ready < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    if (ready == 0) {
      return Waited::kTimedOut;
    }
    if (ready > 0) {
      break;
    }
  }
  if (entries.back().revents != 0) {
    signals->take();
    return Waited::kInterrupted;
  }
  return Waited::kReady;
}

}  // namespace threadecho::client
