#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"
#include "client/name_lookup.h"
#include "client/signal_fd.h"
#include "client/target.h"
#include "client/wait.h"
#include "net/endpoint.h"

namespace threadecho::client {

/// Of one attempt that failed.
Failure failure_of(const Attempt& attempt);

/// Why none of these connected. Of several addresses the one that got furthest counts (reset or refused: a host
/// answered; then timed out, then unreachable, then a reason of this host), and the text names all. `attempts` is not
/// empty, and all failed.
Failure connect_failure(const std::vector<Attempt>& attempts);

/// Connects to the first of these addresses that answers, as ConnectRace does, or returns when a signal comes.
/// `signals` and `source` may be null.
Connected connect_to_any(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout, SignalFd* signals,
                         const net::Endpoint* source = nullptr);

/// Connects to a target. Looks its name up again each time, and begins with the address that worked last. One thread
/// uses it: it waits in connect(), or waits elsewhere and calls advance().
class Connector {
 public:
  using Clock = std::chrono::steady_clock;

  /// Each address, and the look-up of the name, gets `timeout`. `names`, `signals` and `source` must outlive this; the
  /// last two may be null.
  Connector(Target target, NameLookup& names, std::chrono::milliseconds timeout, SignalFd* signals,
            const net::Endpoint* source = nullptr)
      : target_(std::move(target)), names_(names), timeout_(timeout), signals_(signals), source_(source) {}

  struct Outcome {
    Connected connected;
    std::optional<Failure> failure;  ///< none when connected, and when a signal came first
  };
  /// Looks the name up and connects.
  Outcome connect();
  /// The same again and again until `patience` is over, with pauses up to 1 s; tells `on_failure` of each that fails
  /// but the last. At least once.
  Outcome connect_within(std::chrono::milliseconds patience, const std::function<void(const Outcome&)>& on_failure);
  /// Looks the name up only.
  std::optional<Failure> look_up();

  /// The same as connect() for a caller that waits with poll: for entries(), until next_step(); then advance(), which
  /// returns the outcome when it is known.
  void begin(Clock::time_point now);
  std::optional<Outcome> advance(Clock::time_point now);
  [[nodiscard]] std::vector<pollfd> entries() const;
  [[nodiscard]] Clock::time_point next_step() const;

  /// Those that the last look-up found.
  [[nodiscard]] const std::vector<net::Endpoint>& addresses() const noexcept { return addresses_; }

 private:
  bool advance_look_up(Clock::time_point now, std::optional<Failure>& failure);
  [[nodiscard]] bool wait() { return wait_for_any(entries(), next_step(), signals_) != Waited::kInterrupted; }

  Target target_;
  NameLookup& names_;
  std::chrono::milliseconds timeout_;
  SignalFd* signals_;
  const net::Endpoint* source_;
  Clock::time_point asked_;
  std::optional<ConnectRace> race_;  ///< once the look-up is done
  std::vector<net::Endpoint> addresses_;
  std::optional<net::Endpoint> last_good_;
};

}  // namespace threadecho::client
