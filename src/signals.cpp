#include "signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

#include "config/exit_status.h"

namespace threadecho {
namespace {

sigset_t stop_signals() {
  sigset_t set{};
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

extern "C" void exit_at_once(int signal_number) { ::_exit(config::kEndedBySignal + signal_number); }

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

int wait_for_stop_signal() {
  const sigset_t set = stop_signals();
  int signal_number = 0;
  ::sigwait(&set, &signal_number);

  struct sigaction action {};
  action.sa_handler = &exit_at_once;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return signal_number;
}

}  // namespace threadecho
