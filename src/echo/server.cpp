#include "echo/server.h"

#include <sched.h>

#include <utility>
#include <variant>

#include "config/settings.h"
#include "echo/listener.h"

namespace threadecho::echo {
namespace {

/// If clients come faster than the cores can serve them, an acceptor that does not preempt takes several at a time: 1.1
/// times the churn of the pool. In `per-connection` echo threads would inherit the policy, and SCHED_POLICY decides
/// that.
config::SchedPolicy acceptor_policy(const config::Settings& settings) {
  const bool unasked = settings.thread_model == config::ThreadModel::kPool && ::sched_getscheduler(0) == SCHED_OTHER;
  return unasked ? config::SchedPolicy::kBatch : settings.sched_policy;
}

net::Endpoint endpoint_of(const net::Listeners& listeners) {
  return net::Endpoint::local_of(listeners.sockets.front().get());
}

Acceptor::Listeners open_listeners(const config::Settings& settings, Acceptor::Listeners handed_over,
                                   net::Endpoint& endpoint, net::Endpoint& proxy_endpoint) {
  Acceptor::Listeners listeners;
  listeners.direct = listen_for_clients(settings, settings.port, "PORT", std::move(handed_over.direct));
  endpoint = endpoint_of(listeners.direct);
  if (settings.proxy_port) {
    listeners.proxied =
        listen_for_clients(settings, *settings.proxy_port, "PROXY_PORT", std::move(handed_over.proxied));
    proxy_endpoint = endpoint_of(listeners.proxied);
  }
  return listeners;
}

}  // namespace

Server::Server(const config::Settings& settings, const EffectiveLimit& limit, log::Logger& log,
               Acceptor::Listeners handed_over)
    : ready_during_drain_delay_(settings.ready_during_drain_delay),
      spare_descriptors_(limit.spare_descriptors),
      faults_(settings.faults, log, [this] { threads_->faults_changed(); }),
      quota_(limit.connections, settings.max_connections_per_client),
      gate_(settings, quota_, log),
      threads_(make_thread_model({.settings = settings,
                                  .drain = drain_,
                                  .registry = registry_,
                                  .log = log,
                                  .spare_descriptors = spare_descriptors_,
                                  .faults = faults_})),
      shortage_(quota_, *threads_, log),
      acceptor_(open_listeners(settings, std::move(handed_over), endpoint_, proxy_endpoint_), limit.refused_clients,
                acceptor_policy(settings),
                {.direct = [this](net::Fd client,
                                  const net::Endpoint& peer) { return serve_direct(std::move(client), peer); },
                 .proxied = [this](ProxyGate::Arrival client) { return serve_proxied(std::move(client)); },
                 // If one cannot be set, the client has gone already, and its first recv fails.
                 .set_options = [&settings](int fd) { set_connection_options(fd, settings); }},
                gate_, shortage_, log) {}

Server::~Server() {
  if (started_) {
    begin_drain();
    stop_accepting();
    end_connections();
    stop();
  }
}

void Server::start() {
  faults_.start();
  acceptor_.start();
  started_ = true;
}

Totals Server::totals() const {
  Totals totals = registry_.totals();
  totals.active_threads = threads_->active_threads(totals);
  acceptor_.add_to(totals);
  gate_.add_to(totals);
  return totals;
}

Readiness Server::readiness() const {
  if (ready_during_drain_delay_ ? acceptor_.is_stopping() : drain_.has_begun()) {
    return Readiness::kDraining;
  }
  if (faults_.is_unready()) {
    return Readiness::kUnreadyOnDemand;
  }
  if (!quota_.is_full()) {
    return Readiness::kReady;
  }
  return quota_.limit() < quota_.highest_limit() ? Readiness::kOutOfThreads : Readiness::kFull;
}

std::optional<Refused> Server::serve_direct(net::Fd client, const net::Endpoint& peer) {
  auto taken = quota_.take(peer);
  if (const auto* const reason = std::get_if<RejectReason>(&taken)) {
    return Refused{std::move(client), *reason};
  }
  return serve({.socket = std::move(client),
                .peer = peer,
                .via = {},
                .place = std::get<ConnectionQuota::Place>(std::move(taken))});
}

std::optional<Refused> Server::serve_proxied(ProxyGate::Arrival client) {
  if (!quota_.name_client(client.place, client.peer)) {
    return Refused{std::move(client.socket), RejectReason::kMaxPerClient};
  }
  return serve(std::move(client));
}

std::optional<Refused> Server::serve(ProxyGate::Arrival client) {
  last_id_.add(1);
  const std::uint64_t id = last_id_.value();
  if (faults_.refuses(id, client.peer)) {
    return Refused{std::move(client.socket), RejectReason::kFault};
  }
  auto connection = std::make_unique<Connection>(id, std::move(client.socket), client.peer, Clock::now(),
                                                 std::move(client.place), client.via);
  registry_.add(*connection);
  // Counts this one too. Read before serve(), because the connection may end before that returns.
  const auto reached = static_cast<std::uint32_t>(quota_.open());
  auto refused = threads_->serve(std::move(connection));
  if (refused) {
    shortage_.client_refused(refused->error, reached - 1, Clock::now());
  } else {
    shortage_.client_served(reached);
  }
  return refused;
}

void Server::begin_drain(Clock::time_point deadline) { drain_.begin(deadline); }

void Server::stop_accepting() { acceptor_.stop_accepting(); }

std::size_t Server::end_connections() {
  acceptor_.close_gate();
  drain_.limit_linger(Clock::now() + kLinger);
  const std::size_t ended = registry_.end_all(CloseReason::kDrainForced);
  threads_->connections_ended();
  faults_.wake_waiting();
  return ended;
}

void Server::stop() {
  if (!quota_.wait_until_empty(drain_.linger_deadline())) {
    registry_.shut_down_reading();
  }
  acceptor_.join();
  faults_.stop();
  threads_->join_all();
  started_ = false;
}

}  // namespace threadecho::echo
