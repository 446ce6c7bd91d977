#include "client/signal_fd.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "cli/exit_status.h"

namespace threadecho::client {
namespace {

sigset_t interrupting_signals() {
  sigset_t set{};
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  return set;
}

extern "C" void end_at_once(int signal_number) { ::_exit(cli::kEndedBySignal + signal_number); }

}  // namespace

SignalFd::SignalFd() {
  const sigset_t set = interrupting_signals();
  fd_ = net::Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalFd::~SignalFd() {
  const sigset_t set = interrupting_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void SignalFd::take() noexcept {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return;
  }
  signal_ = static_cast<int>(info.ssi_signo);
  static_cast<void>(std::signal(SIGINT, &end_at_once));
  static_cast<void>(std::signal(SIGTERM, &end_at_once));
  const sigset_t set = interrupting_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace threadecho::client
