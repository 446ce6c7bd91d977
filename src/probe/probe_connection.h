#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/connect_pause.h"
#include "client/connector.h"
#include "client/echo_exchange.h"
#include "client/name_lookup.h"
#include "client/payload.h"
#include "client/signal_fd.h"
#include "net/fd.h"
#include "probe/probe_arguments.h"
#include "probe/probe_lines.h"
#include "probe/probe_result.h"

namespace threadecho::probe {

/// The connection of a probe: opens it, and again after a failure, with pauses. Tells each attempt, in the result and
/// in a line. One thread uses it.
class ProbeConnection {
 public:
  using Clock = std::chrono::steady_clock;

  /// All must outlive this; `signals` may be null.
  ProbeConnection(const ProbeOptions& options, client::NameLookup& names, ProbeResult& result, ProbeLines& lines,
                  client::SignalFd* signals);

  // These two return whether it is open then. If not, failure() says why, or a signal came.

  /// Waits for the target for as long as the options say.
  bool open_first();
  bool open();

  enum class Step { kNone, kOpened, kFailed };
  /// Continues a connect that is under way. Begins one if there is no connection, a message waits for it, and no pause
  /// is on.
  Step advance(Clock::time_point now, bool is_wanted);
  /// A message came back.
  void succeed();
  /// It failed.
  void close();

  [[nodiscard]] bool is_open() const noexcept { return exchange_.has_value(); }
  [[nodiscard]] bool is_connecting() const noexcept { return is_connecting_; }
  /// Only while it is open.
  [[nodiscard]] client::EchoExchange& exchange() noexcept { return *exchange_; }
  [[nodiscard]] const client::EchoExchange& exchange() const noexcept { return *exchange_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] client::Payload payload() const noexcept { return payload_; }
  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }
  /// Its own address and port.
  [[nodiscard]] const std::string& local() const noexcept { return local_; }
  /// Of the last attempt.
  [[nodiscard]] const std::optional<client::Failure>& failure() const noexcept { return failure_; }

  /// Until when no connect begins.
  [[nodiscard]] Clock::time_point pause_over_at() const noexcept { return pause_.over_at(); }
  /// What to wait for with poll, and until when. Only while it connects.
  [[nodiscard]] std::vector<pollfd> entries() const { return connector_.entries(); }
  [[nodiscard]] Clock::time_point next_step() const { return connector_.next_step(); }
  [[nodiscard]] const std::vector<net::Endpoint>& addresses() const noexcept { return connector_.addresses(); }

 private:
  bool take(client::Connector::Outcome outcome);
  void keep(const client::Connector::Outcome& outcome);

  const ProbeOptions& options_;
  ProbeResult& result_;
  ProbeLines& lines_;
  client::Connector connector_;
  const client::Payload payload_;
  net::Fd fd_;
  std::optional<client::EchoExchange> exchange_;
  bool is_connecting_ = false;
  bool has_echoed_ = false;
  std::string peer_;
  std::string local_;
  std::optional<client::Failure> failure_;
  client::ConnectPause pause_;
};

}  // namespace threadecho::probe
