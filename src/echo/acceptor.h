#pragma once

#include <poll.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "config/settings.h"
#include "echo/accept_errors.h"
#include "echo/proxy_gate.h"
#include "echo/refusals.h"
#include "echo/refused_clients.h"
#include "echo/thread_shortage.h"
#include "echo/totals.h"
#include "host/heartbeat.h"
#include "log/logger.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/listen.h"
#include "net/wakeup.h"

namespace threadecho::echo {

/// Accepts clients from the listeners, on a thread of its own, and hands each to `serve`: those of PROXY_PORT once the
/// gate lets them in. It keeps the refused ones until they have had an orderly end. Survives every error of accept(2):
/// it waits out those that may pass (no descriptors, no memory), without spinning. Owned by the server. `start`,
/// `stop_accepting` and `join` are for the thread that owns it; `add_to` is for any.
class Acceptor {
 public:
  /// All are non-blocking; `proxied` is empty without PROXY_PORT.
  struct Listeners {
    net::Listeners direct;
    net::Listeners proxied;
  };
  /// Serve the client, or return it to be refused. Called on the acceptor's thread.
  struct Serve {
    std::function<std::optional<Refused>(net::Fd client, const net::Endpoint& peer)> direct;
    std::function<std::optional<Refused>(ProxyGate::Arrival arrival)> proxied;
    /// Sets the options that a client's socket did not inherit, because it connected before the listener had them.
    std::function<void(int fd)> set_options;
  };

  /// `shortage` and `gate` outlive the acceptor, whose thread retries and tends them when that is due. At most
  /// `refused_capacity` refused clients are kept at a time. `policy` is the thread's; threads that `serve` starts
  /// inherit it.
  Acceptor(Listeners listeners, std::size_t refused_capacity, config::SchedPolicy policy, Serve serve, ProxyGate& gate,
           ThreadShortage& shortage, log::Logger& log);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Throws std::system_error if the thread cannot be created.
  void start();
  /// Has the thread accept every client whose handshake is complete, then close the listeners; does not wait for that.
  /// The kernel resets what is left: clients that arrive between these two steps, and those for which there is no
  /// descriptor. Clients of a listener that outlives the process stay in its queue, for the process that comes next.
  /// Refused clients, and those at the gate, are still tended until `join`.
  void stop_accepting();
  /// Closes the gate too, and waits until it and the listeners are closed: no other client will be served. For after
  /// `stop_accepting`.
  void close_gate();
  /// Waits until the last refused client has gone (a second at most) and the thread has ended, then logs the refusals
  /// that no log line has reported yet.
  void join();

  /// `stop_accepting` has been called.
  [[nodiscard]] bool is_stopping() const noexcept { return stopping_.load(std::memory_order_relaxed); }
  /// The listeners are open.
  [[nodiscard]] bool is_accepting() const noexcept { return !listeners_closed_.load(std::memory_order_acquire); }
  /// The listeners are closed, and no client is left at the gate or refused.
  [[nodiscard]] bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }

  /// To be set up before `start`.
  [[nodiscard]] host::Heartbeat& heartbeat() noexcept { return heartbeat_; }

  /// Adds the accept errors and the refusals.
  void add_to(Totals& totals) const;

 private:
  enum class Accepted { kClient, kNothing, kError };

  struct Listener {
    net::Fd fd;
    bool is_direct;
    bool outlives_process;
    /// The queue may hold clients that connected before the options were set, until it was found empty once.
    bool has_older_clients;
  };

  void add_listeners(net::Listeners listeners, bool are_direct);
  void run();
  void wait();
  void accept_last();
  void accept_waiting(Listener& listener);
  Accepted accept_one(const Listener& listener);
  Accepted accept_failed(int error_number);
  void tend_gate(Clock::time_point now);
  void let_in(ProxyGate::Arrival arrival);
  void refuse(Refused refused, const net::Endpoint& peer, const net::Endpoint& via = {});
  [[nodiscard]] int poll_timeout(Clock::time_point now) const;

  const config::SchedPolicy policy_;
  Serve serve_;
  ProxyGate& gate_;
  ThreadShortage& shortage_;
  net::Wakeup wakeup_;
  host::Heartbeat heartbeat_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> listeners_closed_{false};
  std::atomic<bool> gate_closing_{false};
  std::atomic<bool> gate_closed_{false};  ///< set once, waited for by close_gate
  std::atomic<bool> ended_{false};
  std::thread thread_;

  // Only for the acceptor's thread:
  std::vector<Listener> listeners_;
  RefusedClients refused_;
  std::vector<pollfd> polled_;

  // Written by the acceptor's thread, read by any:
  AcceptErrors errors_;
  Refusals refusals_;
};

}  // namespace threadecho::echo
