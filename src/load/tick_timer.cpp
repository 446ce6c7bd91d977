#include "load/tick_timer.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace threadecho::load {
namespace {

extern "C" void interrupt_only(int /*signal_number*/) {}

}  // namespace

TickTimer::TickTimer(std::chrono::milliseconds interval) {
  struct sigaction action {};
  action.sa_handler = &interrupt_only;  // without SA_RESTART: recv comes back
  ::sigaction(SIGALRM, &action, nullptr);

  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;  // this thread and no other, timer_create(2)
  event.sigev_signo = SIGALRM;
  event._sigev_un._tid = ::gettid();
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) {
    throw std::system_error(errno, std::generic_category(), "timer_create");
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval);
  const timespec period{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(interval - seconds).count()};
  const itimerspec times{.it_interval = period, .it_value = period};
  ::timer_settime(timer_, 0, &times, nullptr);
}

TickTimer::~TickTimer() { ::timer_delete(timer_); }

}  // namespace threadecho::load
