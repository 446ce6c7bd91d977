#pragma once

#include <csignal>
#include <optional>

#include "net/fd.h"

namespace threadecho::client {

/// Turns the signals of a user and of a closed terminal (SIGINT for Ctrl-C, SIGQUIT for Ctrl-\, SIGTERM, and SIGHUP
/// unless it is ignored) into a descriptor for `poll`, so that a command can end early and still report what it found.
/// Create it before other threads start, one at a time: while it lives, it blocks these signals in its thread. The
/// first signal is remembered; a second one then ends the process with cli::kEndedBySignal plus its number, unless it
/// is the same within a second, which changes nothing. It does so with handlers, because the default action does not
/// end the first process of a container.
class SignalFd {
 public:
  /// What a second signal prints on standard output, if that does not block.
  enum class LastWords { kNone, kJson };

  /// Whether SIGHUP ends the command too, or means something else to it.
  enum class Hangup { kEnds, kMeansSomethingElse };

  /// Throws std::system_error if it cannot create a descriptor.
  explicit SignalFd(LastWords last_words = LastWords::kNone, Hangup hangup = Hangup::kEnds);
  ~SignalFd();
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;

  /// Readable while a signal waits for take().
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// Takes a signal, without waiting for one.
  void take() noexcept;
  /// Number of the signal that has been taken.
  [[nodiscard]] std::optional<int> signal() const noexcept { return signal_; }

 private:
  LastWords last_words_;
  sigset_t set_{};
  net::Fd fd_;
  std::optional<int> signal_;
};

}  // namespace threadecho::client
