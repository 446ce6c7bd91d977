#include "load/precise_epoll.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace threadecho::load {

int PreciseEpoll::wait(int epoll, std::span<epoll_event> events, Nanoseconds longest) {
  const timespec timeout{.tv_sec = longest / kSecond, .tv_nsec = longest % kSecond};
  const auto most = static_cast<int>(events.size());
  int count = -1;
  if (is_precise_) {
    count = ::epoll_pwait2(epoll, events.data(), most, &timeout, nullptr);
    // Before Linux 5.11, or refused by a seccomp profile that is older than the call.
    is_precise_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
  }
  if (!is_precise_) {
    count = ::epoll_wait(epoll, events.data(), most, static_cast<int>(longest / kMillisecond));
  }
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  }
  return std::max(count, 0);
}

}  // namespace threadecho::load
