#include "echo/final_wait.h"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>

#include "net/poll_timeout.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;

/// Most clients acknowledge within a round trip. Only for the others an epoll set is worth its price.
constexpr milliseconds kFirstPause{1};
constexpr milliseconds kLastQuickPause{16};
/// Without an epoll set: short enough for a drain, which gives connections a second to end.
constexpr milliseconds kLongestPause{1000};

}  // namespace

FinalWait::~FinalWait() {
  if (epoll_) {
    epoll_.reset();
    spare_.give_back();
  }
}

void FinalWait::wait_until(Clock::time_point until) {
  if (pause_ == kLastQuickPause) {
    open();
  }
  const auto now = Clock::now();
  if (epoll_) {
    epoll_event event{};
    ::epoll_wait(epoll_.get(), &event, 1, net::poll_timeout(until, now));
    return;
  }
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  ::poll(nullptr, 0, net::poll_timeout(std::min(until, now + pause_), now));
}

void FinalWait::open() {
  if (epoll_ || !spare_.try_take()) {
    return;
  }
  epoll_ = net::Fd(::epoll_create1(EPOLL_CLOEXEC));
  // EPOLLHUP is always watched for. Its first event comes at once, and every later one with a change of state.
  epoll_event event{.events = EPOLLET, .data = {}};
  if (!epoll_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd_, &event) != 0) {
    epoll_.reset();
    spare_.give_back();
  }
}

}  // namespace threadecho::echo
