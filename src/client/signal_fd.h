#pragma once

#include <optional>

#include "net/fd.h"

namespace threadecho::client {

/// Ctrl-C (SIGINT) and SIGTERM as something that `poll` sees, so that a command can end early and still say what it
/// found. Made before other threads are started, in a program that has one of these at a time: it blocks both signals
/// in its thread for as long as it lives. The first one is remembered; from then on a second one ends the process with
/// config::kEndedBySignal and its number: with handlers, as the default action ends no process that is the first of a
/// container.
class SignalFd {
 public:
  /// Throws std::system_error when there is no descriptor to be had.
  SignalFd();
  ~SignalFd();
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;

  /// Readable when a signal has come and nobody has taken it yet.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// Takes what has come, without waiting.
  void take() noexcept;
  /// Number of the signal that has been taken.
  [[nodiscard]] std::optional<int> signal() const noexcept { return signal_; }

 private:
  net::Fd fd_;
  std::optional<int> signal_;
};

}  // namespace threadecho::client
