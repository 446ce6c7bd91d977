#include "echo/server.h"

#include <sched.h>

#include <utility>

#include "config/settings.h"
#include "echo/listener.h"
#include "echo/log_lines.h"

namespace threadecho::echo {
namespace {

/// Where clients come faster than the cores can serve them, an acceptor that does not preempt takes several at a time:
/// 1.1 times the churn of the pool. In the other model echo threads would inherit that, which is the user's to decide.
config::SchedPolicy acceptor_policy(const config::Settings& settings) {
  const bool unasked = settings.thread_model == config::ThreadModel::kPool && ::sched_getscheduler(0) == SCHED_OTHER;
  return unasked ? config::SchedPolicy::kBatch : settings.sched_policy;
}

}  // namespace

Server::Server(const config::Settings& settings, const EffectiveLimit& limit, log::Logger& log)
    : log_(log),
      spare_descriptors_(limit.spare_descriptors),
      table_(limit.connections, settings.max_connections_per_client),
      threads_(make_thread_model({.settings = settings,
                                  .drain = drain_,
                                  .table = table_,
                                  .log = log,
                                  .spare_descriptors = spare_descriptors_})),
      acceptor_(
          listen_for_clients(settings, endpoint_), limit.refused_clients, acceptor_policy(settings),
          [this](net::Fd& client, const net::Endpoint& peer) { return admit(client, peer); }, log) {}

Server::~Server() {
  if (started_) {
    begin_drain();
    stop_accepting();
    end_connections();
    stop();
  }
}

void Server::start() {
  acceptor_.start();
  started_ = true;
}

Totals Server::totals() const {
  Totals totals = table_.totals();
  totals.active_threads = threads_->active_threads(totals);
  acceptor_.add_to(totals);
  return totals;
}

Readiness Server::readiness() const {
  if (drain_.begun()) {
    return Readiness::kDraining;
  }
  return table_.full() ? Readiness::kFull : Readiness::kReady;
}

std::optional<RejectReason> Server::admit(net::Fd& client, const net::Endpoint& peer) {
  const auto accepted_at = Clock::now();
  auto connection = std::make_unique<Connection>(++last_id_, std::move(client), peer, accepted_at);
  Connection& borrowed = *connection;
  if (const auto reason = table_.try_add(connection)) {
    log_refused(log_, refusal_lines_[index_of(*reason)], peer, *reason);
    client = borrowed.release_fd();
    return reason;
  }
  if (const std::error_code error = threads_->serve(borrowed)) {
    constexpr RejectReason kReason = RejectReason::kThreadLimit;
    log_refused(log_, refusal_lines_[index_of(kReason)], peer, kReason, error);
    client = table_.withdraw(borrowed)->release_fd();
    return kReason;
  }
  return std::nullopt;
}

void Server::begin_drain() { drain_.begin(); }

void Server::stop_accepting() { acceptor_.stop_accepting(); }

std::size_t Server::end_connections() {
  acceptor_.wait_until_closed();
  drain_.limit_linger(Clock::now() + kLinger);
  return table_.end_all(CloseReason::kDrainForced);
}

void Server::stop() {
  if (!table_.wait_until_empty(drain_.linger_deadline())) {
    table_.shut_down_reading();
  }
  acceptor_.join();
  for (std::size_t i = 0; i < refusal_lines_.size(); ++i) {
    log_refused_before(log_, refusal_lines_[i], static_cast<RejectReason>(i));
  }
  threads_->join_all();
  started_ = false;
}

}  // namespace threadecho::echo
