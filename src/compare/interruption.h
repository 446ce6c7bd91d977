#pragma once

#include "client/signal_fd.h"
#include "client/wait.h"

namespace threadecho::compare {

/// Every wait throws this once a signal asks to end. An unfinished measurement gives no comparison.
struct Interrupted {
  int signal = 0;
};

/// client::wait_for that throws Interrupted. Returns whether an event came before the deadline; an `fd` of -1 is a
/// sleep.
inline bool wait_or_throw(int fd, short events, client::Deadline deadline, client::SignalFd& signals) {
  const client::Waited waited = client::wait_for(fd, events, deadline, &signals);
  if (waited == client::Waited::kInterrupted) {
    throw Interrupted{*signals.signal()};
  }
  return waited == client::Waited::kReady;
}

}  // namespace threadecho::compare
