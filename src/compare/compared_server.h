#pragma once

#include <cstdint>
#include <string>

#include "client/signal_fd.h"
#include "compare/child_process.h"
#include "compare/comparison.h"
#include "compare/server_metrics.h"
#include "net/endpoint.h"

namespace threadecho::compare {

/// Runs this program as a server in one thread model, on free ports of 127.0.0.1. The destructor stops it.
class ComparedServer {
 public:
  /// Returns once it serves. Throws std::runtime_error if it does not, and Interrupted.
  ComparedServer(const ComparedModel& model, client::SignalFd& signals);

  [[nodiscard]] const net::Endpoint& echo() const noexcept { return echo_; }
  /// Asks for its metrics. Throws std::runtime_error if it does not answer, and Interrupted.
  ServerMetrics metrics();
  /// Waits until this many connections have a thread or wait for one. Throws std::runtime_error if that takes far too
  /// long, and Interrupted.
  void wait_until_used_by(std::uint32_t clients);
  /// "the server of blocking-pool has ended: it was ended by signal 9" if it has, else an empty text.
  std::string reason_to_give_up();

 private:
  std::string name_;
  client::SignalFd& signals_;
  ChildProcess process_;
  net::Endpoint echo_;
  net::Endpoint http_;
};

}  // namespace threadecho::compare
