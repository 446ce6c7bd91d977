#include "serve/signals.h"

#include <pthread.h>

#include <algorithm>

#include "cli/exit_status.h"

namespace threadecho::serve {
namespace {

bool is_ignored(int signal_number) {
  struct sigaction action {};
  return ::sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopRequest StopRules::receive(int signal_number, Clock::time_point now) {
  const auto last = last_request_.find(signal_number);
  const bool is_known = last != last_request_.end();
  if (is_known && now - last->second <= cli::kSameRequest) {
    return StopRequest::kNothing;
  }
  last_request_[signal_number] = now;
  ++requests_;
  if (requests_ == 1) {
    return StopRequest::kDrain;
  }
  const bool is_second_ctrl_c = is_known && signal_number == SIGINT;
  return requests_ > 2 || is_second_ctrl_c ? StopRequest::kExitAtOnce : StopRequest::kCutShort;
}

StopSignals::StopSignals() {
  ::sigemptyset(&set_);
  ::sigaddset(&set_, SIGTERM);
  ::sigaddset(&set_, SIGINT);
  if (!is_ignored(SIGHUP)) {
    ::sigaddset(&set_, SIGHUP);
  }
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

int StopSignals::wait() const {
  int signal_number = 0;
  ::sigwait(&set_, &signal_number);
  return signal_number;
}

std::optional<int> StopSignals::wait_for(std::chrono::nanoseconds timeout) const {
  const auto left = std::max(timeout, std::chrono::nanoseconds(0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec wait{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
  const int signal_number = ::sigtimedwait(&set_, nullptr, &wait);
  return signal_number > 0 ? std::optional(signal_number) : std::nullopt;
}

std::string_view name_of_signal(int signal_number) {
  switch (signal_number) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    default:
      return "SIGHUP";
  }
}

}  // namespace threadecho::serve
