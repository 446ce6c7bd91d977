#include "client/wait.h"

#include <poll.h>

#include <algorithm>
#include <array>
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

Waited wait_for(int fd, short events, Deadline deadline, SignalFd* signals) {
  if (signals != nullptr && signals->signal()) {
    return Waited::kInterrupted;
  }
  // poll(2) passes over negative descriptors.
  std::array<pollfd, 2> entries{pollfd{fd, events, 0}, pollfd{signals != nullptr ? signals->fd() : -1, POLLIN, 0}};
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
  if (entries[1].revents != 0) {
    signals->take();
    return Waited::kInterrupted;
  }
  return Waited::kReady;
}

}  // namespace threadecho::client
