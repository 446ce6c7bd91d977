#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "echo/acceptor.h"
#include "echo/connection_quota.h"
#include "echo/connection_registry.h"
#include "echo/context.h"
#include "echo/drain.h"
#include "echo/fault_table.h"
#include "echo/final_wait.h"
#include "echo/limits.h"
#include "echo/proxy_gate.h"
#include "echo/thread_model.h"
#include "echo/thread_shortage.h"
#include "echo/totals.h"
#include "log/logger.h"
#include "net/endpoint.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

/// Whether the server accepts new clients, as a load balancer asks.
enum class Readiness { kReady, kFull, kOutOfThreads, kUnreadyOnDemand, kDraining };

/// The echo service: its listeners, the threads that serve its clients, and the sums of what they do.
///
/// Owned by main, which also stops it, in this order: `begin_drain`, `stop_accepting`, `end_connections`, `stop`.
/// Between these calls main may wait until the server is not `is_accepting`, then `is_idle`, then `has_ended`.
/// `connections_limit`, `totals`, `readiness`, `is_draining`, `drain_time_left`, `connections`, `pool_thread_ids`,
/// `faults` and `begin_fault` are for any thread; the rest is for the owner's.
class Server {
 public:
  /// Binds at once, accepts from `start` on; binds no port for which listeners are handed over. Throws net::BindError,
  /// and std::system_error if the threads of the pool cannot be created. The settings and the log outlive the server.
  Server(const config::Settings& settings, const EffectiveLimit& limit, log::Logger& log,
         Acceptor::Listeners handed_over = {});
  /// Stops first, if that has not been done.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Throws std::system_error if the acceptor's thread cannot be created.
  void start();
  /// The heartbeat of the acceptor's thread; begin it before `start`.
  [[nodiscard]] host::Heartbeat& heartbeat() noexcept { return acceptor_.heartbeat(); }

  /// The address bound, with the port that 0 became; of several listeners that of the first.
  [[nodiscard]] const net::Endpoint& endpoint() const noexcept { return endpoint_; }
  /// The address of PROXY_PORT; of family AF_UNSPEC without it.
  [[nodiscard]] const net::Endpoint& proxy_endpoint() const noexcept { return proxy_endpoint_; }
  /// How many connections may be open: fewer than at the start while the system cannot create more threads.
  [[nodiscard]] std::uint32_t connections_limit() const { return quota_.limit(); }
  [[nodiscard]] Totals totals() const;
  [[nodiscard]] Readiness readiness() const;
  /// A drain has begun.
  [[nodiscard]] bool is_draining() const noexcept { return drain_.has_begun(); }
  /// How long open connections still have; nothing before a drain.
  [[nodiscard]] std::optional<Clock::duration> drain_time_left() const { return drain_.time_left(Clock::now()); }
  /// The live connections, in no order.
  [[nodiscard]] std::vector<ConnectionSnapshot> connections() const { return registry_.snapshots(quota_.open()); }
  /// The threads that a pool keeps ready, see ThreadModel.
  [[nodiscard]] std::vector<std::uint32_t> pool_thread_ids() const { return threads_->pool_thread_ids(); }

  /// What the server does wrong on demand.
  [[nodiscard]] FaultTable& faults() noexcept { return faults_; }
  [[nodiscard]] const FaultTable& faults() const noexcept { return faults_; }
  /// Begins a fault; null if too many are active.
  FaultPtr begin_fault(FaultSpec spec) { return faults_.add(std::move(spec), last_id_.value()); }

  /// Readiness falls, with READY_DURING_DRAIN_DELAY not until `stop_accepting`. Clients are still accepted. `deadline`
  /// is when the owner means to end what is open then; it is only shown.
  void begin_drain(Clock::time_point deadline = Clock::time_point::max());
  /// Has the acceptor take every client that is in an accept queue and then close the listeners; does not wait for it.
  /// In the queue of a listener that was handed over, clients stay.
  void stop_accepting();
  [[nodiscard]] bool is_accepting() const noexcept { return acceptor_.is_accepting(); }
  [[nodiscard]] std::size_t open_connections() const { return quota_.open(); }
  /// No connection is open.
  [[nodiscard]] bool is_idle() const { return quota_.open() == 0; }
  /// Begins to end what is left, as the drain's deadline does: all together have kLinger from now on. Waits for the
  /// listeners to close, if they have not. Returns how many connections were ended so.
  std::size_t end_connections();
  /// No connection and no refused client is left.
  [[nodiscard]] bool has_ended() const { return is_idle() && acceptor_.has_ended(); }
  /// Waits for what is left of kLinger, or for the last connection, and joins every thread.
  void stop();

 private:
  // For the acceptor's thread:
  /// Takes a place for the client and serves it, or returns it.
  std::optional<Refused> serve_direct(net::Fd client, const net::Endpoint& peer);
  /// The same for a client that has its place already, if there is one for its address.
  std::optional<Refused> serve_proxied(ProxyGate::Arrival client);
  /// Builds the connection and has it served, or returns the client.
  std::optional<Refused> serve(ProxyGate::Arrival client);

  const bool ready_during_drain_delay_;
  Drain drain_;
  SpareDescriptors spare_descriptors_;
  FaultTable faults_;
  ConnectionQuota quota_;        // before the threads: their connections hold places of it
  ProxyGate gate_;               // the places of its clients too
  ConnectionRegistry registry_;  // before the threads: their connections are linked to it
  const std::unique_ptr<ThreadModel> threads_;
  ThreadShortage shortage_;
  SingleWriterCounter last_id_;  ///< of connections; written by the acceptor's thread
  net::Endpoint endpoint_;
  net::Endpoint proxy_endpoint_;
  Acceptor acceptor_;
  bool started_ = false;
};

}  // namespace threadecho::echo
