#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "client/connect_failure.h"
#include "client/connect_race.h"
#include "client/failure.h"
#include "client/name_lookup.h"
#include "client/signal_fd.h"
#include "client/target.h"
#include "client/wait.h"
#include "net/endpoint.h"

namespace threadecho::client {

/// Connects to the first of these addresses that answers, as ConnectRace does, or returns when a signal comes.
/// `signals` and `source` may be null.
Connected connect_to_any(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout, SignalFd* signals,
                         const net::Endpoint* source = nullptr);

/// Connects to a target. Looks its name up again each time, and begins with the address that worked last. If the
/// look-up fails or hangs, it uses the addresses that an earlier one found: a server outlives its name server. One
/// thread uses it: it waits in connect(), or waits elsewhere and calls advance().
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
    std::optional<Failure> failure;               ///< none when connected, and when a signal came first
    std::optional<Failure> look_up_failure = {};  ///< also where earlier addresses were used instead
  };
  /// Looks the name up and connects. Fails at `give_up_at` if it is not done by then.
  Outcome connect(Clock::time_point give_up_at = Clock::time_point::max());
  /// Calls connect() again and again until `patience` is over, with pauses up to 1 s, and `on_failure` after each
  /// failure but the last. The first attempt has a whole timeout even if `patience` is shorter; the others end with it,
  /// or 250 ms later if they have just begun.
  Outcome connect_within(std::chrono::milliseconds patience, const std::function<void(const Outcome&)>& on_failure);
  /// Looks the name up only. Returns why that failed, also where there are addresses() of an earlier look-up.
  std::optional<Failure> look_up();

  /// The same as connect() for a caller that waits with poll: for entries(), until next_step(); then advance(), which
  /// returns the outcome when it is known.
  void begin(Clock::time_point now);
  std::optional<Outcome> advance(Clock::time_point now);
  [[nodiscard]] std::vector<pollfd> entries() const;
  [[nodiscard]] Clock::time_point next_step() const;

  /// Those of the last look-up, or of an earlier one if that failed.
  [[nodiscard]] const std::vector<net::Endpoint>& addresses() const noexcept { return addresses_; }

 private:
  bool advance_look_up(Clock::time_point now);
  [[nodiscard]] std::chrono::milliseconds look_up_patience() const;
  Outcome end_race(Clock::time_point now);
  Outcome give_up(Clock::time_point now);
  /// False when a signal came.
  [[nodiscard]] bool wait(Clock::time_point until);

  Target target_;
  NameLookup& names_;
  std::chrono::milliseconds timeout_;
  SignalFd* signals_;
  const net::Endpoint* source_;
  Clock::time_point asked_;
  std::optional<ConnectRace> race_;  ///< once the look-up is done
  std::vector<net::Endpoint> addresses_;
  std::vector<net::Endpoint> known_;  ///< of the last look-up that found some
  std::optional<Failure> look_up_failure_;
  std::optional<net::Endpoint> last_good_;
};

}  // namespace threadecho::client
