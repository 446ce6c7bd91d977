#include "support/failing_epoll.h"

#include <dlfcn.h>
#include <sys/epoll.h>

#include <atomic>
#include <cerrno>

#include "support/thread_name.h"

namespace {

std::atomic<bool> failing{false};

bool is_acceptor() { return threadecho::test::thread_name() == "acceptor"; }

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
