#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "client/signal_fd.h"
#include "client/wait.h"
#include "host/environment.h"
#include "net/fd.h"

namespace threadecho::compare {

/// `environment` without this program's settings, and without what a service manager wants to hear from its service.
host::Environment without_settings(host::Environment environment);

/// This program, run again as a child. The destructor kills it, and the kernel kills it if this process dies, so that
/// no process is left behind. One thread uses it; no other thread may run when it starts.
///
/// It gets none of this process's settings: no variable of theirs, and /proc as its working directory, where an `.env`
/// file cannot exist. It has a process group of its own, so that Ctrl-C reaches its owner alone.
class ChildProcess {
 public:
  /// Throws std::system_error if it cannot be started.
  explicit ChildProcess(std::vector<std::string> arguments);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Readable when it has written to its standard output, or closed it.
  [[nodiscard]] int output() const noexcept { return output_.get(); }
  /// The next line of its standard output; nothing if it ends or the deadline passes before. Throws Interrupted.
  std::optional<std::string> next_line(client::Deadline deadline, client::SignalFd& signals);
  /// Whether it has ended by the deadline. Throws Interrupted.
  bool ends_by(client::Deadline deadline, client::SignalFd& signals);
  /// Its exit status or 128 + the number of the signal that ended it; nothing while it runs.
  [[nodiscard]] std::optional<int> status();
  /// Why it ended, for people: the last line of its standard error, or else how it ended. "it still runs" if it does.
  std::string last_words();

 private:
  net::Fd output_;
  net::Fd errors_;
  pid_t pid_ = -1;
  std::string unread_;
  std::optional<int> status_;
};

}  // namespace threadecho::compare
