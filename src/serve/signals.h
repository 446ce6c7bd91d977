#pragma once

#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string_view>

namespace threadecho::serve {

/// What a stop signal asks for.
enum class StopRequest {
  kDrain,      ///< the first one: begin the drain
  kNothing,    ///< the same request once more: it has taken effect already
  kCutShort,   ///< end the drain's waiting, but end connections in order
  kExitAtOnce  ///< end the process with 128 + the signal's number
};

/// The rules for SIGTERM, SIGINT and SIGHUP. `timeout`, process groups and several orchestrators send the same signal
/// twice in a row: within cli::kSameRequest it is one request. No system calls; belongs to one thread.
class StopRules {
 public:
  using Clock = std::chrono::steady_clock;

  /// A signal that arrived at `now`, and what it asks for.
  StopRequest receive(int signal_number, Clock::time_point now);

 private:
  std::map<int, Clock::time_point> last_request_;  ///< by signal; repetitions do not move it
  int requests_ = 0;                               ///< of all signals
};

/// The stop signals of this process. They stay blocked, and main's thread takes them while it waits, so they interrupt
/// no other thread and need no handler. Works as PID 1, which has no default actions: the kernel keeps a blocked
/// signal.
class StopSignals {
 public:
  /// Construct it in main's thread before any other thread starts, because threads inherit the signal mask. Also
  /// ignores SIGPIPE: the process must not end when the reader of its log does. Leaves SIGHUP ignored if it is, as
  /// nohup(1) requires.
  StopSignals();

  /// Waits for the next stop signal and returns its number.
  [[nodiscard]] int wait() const;
  /// The same for at most `timeout`; nothing when none has come.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::nanoseconds timeout) const;

 private:
  sigset_t set_{};
};

/// "SIGTERM"
std::string_view name_of_signal(int signal_number);

}  // namespace threadecho::serve
