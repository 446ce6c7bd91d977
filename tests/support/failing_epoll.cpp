#include "support/failing_epoll.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string_view>

namespace {

std::atomic<bool> failing{false};

bool is_acceptor() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return std::string_view(name.data()) == "acceptor";
}

}  // namespace

extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  static auto* const next = reinterpret_cast<decltype(&epoll_ctl)>(::dlsym(RTLD_NEXT, "epoll_ctl"));
  if (failing && operation == EPOLL_CTL_ADD && is_acceptor()) {
    errno = ENOSPC;
    return -1;
  }
  return next(epoll, operation, fd, event);
}

namespace threadecho::test {

FailingEpoll::FailingEpoll() { failing = true; }
FailingEpoll::~FailingEpoll() { failing = false; }

}  // namespace threadecho::test
