#include "serve/drain.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "cli/exit_status.h"
#include "echo/connection.h"
#include "echo/drain.h"
#include "text/durations.h"

namespace threadecho::serve {
namespace {

using echo::Clock;

/// How often a drain checks whether its wait is over. A signal wakes it at once.
constexpr std::chrono::milliseconds kLook{10};

/// The waits of one drain, which signals may shorten or end.
class DrainWait {
 public:
  DrainWait(const StopSignals& signals, const echo::Server& server, ServiceManager& manager, log::Logger& log)
      : signals_(signals), server_(server), manager_(manager), log_(log) {}

  /// Waits for the signal that begins the drain.
  int for_first_signal() {
    const int signal_number = manager_.is_there() ? wait_and_report() : signals_.wait();
    rules_.receive(signal_number, StopRules::Clock::now());
    return signal_number;
  }

  /// Waits until `is_done` or `deadline`, and acts on signals meanwhile.
  template <typename Predicate>
  void until(Clock::time_point deadline, Predicate is_done) {
    for (auto now = Clock::now(); now < deadline && !is_done(); now = Clock::now()) {
      if (const auto signal_number = signals_.wait_for(std::min<Clock::duration>(deadline - now, kLook))) {
        receive(*signal_number);
      }
      manager_.draining(server_.open_connections(), Clock::now());
    }
  }

  [[nodiscard]] bool is_cut_short() const noexcept { return is_cut_short_; }

 private:
  int wait_and_report() {
    for (;;) {
      if (const auto signal_number = signals_.wait_for(manager_.time_to_report(Clock::now()))) {
        return *signal_number;
      }
      manager_.serving(server_.open_connections(), Clock::now());
    }
  }

  void receive(int signal_number) {
    const auto name = name_of_signal(signal_number);
    switch (rules_.receive(signal_number, StopRules::Clock::now())) {
      case StopRequest::kCutShort:
        is_cut_short_ = true;
        log_.info("drain cut short", {{"signal", name}, {"connections", server_.totals().active}});
        break;
      case StopRequest::kExitAtOnce:
        log_.warn("exiting at once", {{"signal", name}, {"connections", server_.totals().active}});
        ::_exit(cli::kEndedBySignal + signal_number);
      case StopRequest::kDrain:
      case StopRequest::kNothing:
        break;
    }
  }

  const StopSignals& signals_;
  const echo::Server& server_;
  ServiceManager& manager_;
  log::Logger& log_;
  StopRules rules_;
  bool is_cut_short_ = false;
};

}  // namespace

void serve_until_drained(echo::Server& server, admin::IdentityServer* identity, const config::Settings& settings,
                         const StopSignals& signals, ServiceManager& manager, log::Logger& log) {
  DrainWait wait(signals, server, manager, log);
  const int signal_number = wait.for_first_signal();
  server.begin_drain(Clock::now() + settings.drain_delay + settings.drain_timeout);
  log.info("draining", {{"signal", name_of_signal(signal_number)},
                        {"connections", server.totals().active},
                        {"delay_seconds", settings.drain_delay},
                        {"timeout_seconds", settings.drain_timeout}});
  manager.stopping(server.open_connections(), Clock::now());
  wait.until(Clock::now() + settings.drain_delay, [&] { return wait.is_cut_short(); });
  server.stop_accepting();
  if (identity != nullptr) {
    identity->stop_accepting();
  }
  wait.until(Clock::time_point::max(), [&] { return !server.is_accepting(); });
  wait.until(Clock::now() + settings.drain_timeout, [&] { return wait.is_cut_short() || server.is_idle(); });
  const std::size_t forced = server.end_connections();
  wait.until(Clock::now() + echo::kLinger, [&] { return server.has_ended(); });
  server.stop();
  const echo::Totals totals = server.totals();
  log.info("stopped", {{"connections", totals.accepted},
                       {"ended_at_deadline", forced},
                       {"received_bytes", totals.received_bytes},
                       {"echoed_bytes", totals.echoed_bytes}});
}

}  // namespace threadecho::serve
