#include "client/signal_fd.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <string_view>
#include <system_error>

#include "cli/exit_status.h"

namespace threadecho::client {
namespace {

constexpr std::array kInterrupting = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// nohup(1) has SIGHUP ignored, but a signal that is blocked is never ignored.
bool is_ignored(int signal_number) {
  struct sigaction action {};
  return ::sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// The signal that take() returned; set before the handlers are installed.
int first_signal = 0;
timespec first_time{};

/// timeout(1) and several orchestrators send a signal twice: once to the process, and once to its group.
bool is_same_request(int signal_number) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto age =
      std::chrono::seconds(now.tv_sec - first_time.tv_sec) + std::chrono::nanoseconds(now.tv_nsec - first_time.tv_nsec);
  return signal_number == first_signal && age < cli::kSameRequest;
}

extern "C" void end_at_once(int signal_number) {
  if (!is_same_request(signal_number)) {
    ::_exit(cli::kEndedBySignal + signal_number);
  }
}

// As error_line() of run_command.h has it: a handler must not allocate memory.
constexpr std::string_view kLastWordsInJson =
    R"({"type":"error","error":{"kind":"interrupted","message":"ended by a second signal, without a result"}})"
    "\n";

extern "C" void end_with_json(int signal_number) {
  if (is_same_request(signal_number)) {
    return;
  }
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0) {  // else the write could block
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, kLastWordsInJson.data(), kLastWordsInJson.size());
  }
  ::_exit(cli::kEndedBySignal + signal_number);
}

}  // namespace

SignalFd::SignalFd(LastWords last_words, Hangup hangup) : last_words_(last_words) {
  ::sigemptyset(&set_);
  for (const int signal_number : kInterrupting) {
    if (signal_number != SIGHUP || (hangup == Hangup::kEnds && !is_ignored(SIGHUP))) {
      ::sigaddset(&set_, signal_number);
    }
  }
  fd_ = net::Fd(::signalfd(-1, &set_, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

SignalFd::~SignalFd() { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

void SignalFd::take() noexcept {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return;
  }
  signal_ = static_cast<int>(info.ssi_signo);
  first_signal = *signal_;
  ::clock_gettime(CLOCK_MONOTONIC, &first_time);
  auto* const handler = last_words_ == LastWords::kJson ? &end_with_json : &end_at_once;
  for (const int signal_number : kInterrupting) {
    if (::sigismember(&set_, signal_number) == 1) {
      static_cast<void>(std::signal(signal_number, handler));
    }
  }
  ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
}

}  // namespace threadecho::client
