#include "echo/connection_shard.h"

#include <sys/socket.h>

namespace threadecho::echo {
namespace {

/// The counters of thousands of connections do not fit into a cache: a scrape would wait for memory at each line.
/// Prefetched this many connections ahead, they arrive while others are added up.
constexpr std::size_t kFetchedAhead = 4;

void fetch(const ConnectionCounters& counters) noexcept {
  constexpr std::size_t kCacheLine = 64;
  const auto* const bytes = reinterpret_cast<const char*>(&counters);
  for (std::size_t at = 0; at < sizeof counters; at += kCacheLine) {
    __builtin_prefetch(bytes + at);
  }
}

}  // namespace

void ConnectionShard::add(Connection& connection) {
  const std::lock_guard lock(mutex_);
  live_.push_back(&connection);
  connection.link_.shard_ = this;
  connection.link_.index_ = live_.size() - 1;
}

void ConnectionShard::remove(Connection& connection, CloseReason reason) {
  const std::lock_guard lock(mutex_);
  connection.counters.add_to(ended_);
  ++ended_.accepted;
  ++ended_.closed[index_of(reason)];
  ended_.connection_duration.observe(Clock::now() - connection.accepted_at());
  take_out(connection.link_);
}

void ConnectionShard::unlink(RegistryLink& link) noexcept {
  const std::lock_guard lock(mutex_);
  take_out(link);
}

void ConnectionShard::take_out(RegistryLink& link) noexcept {
  live_[link.index_] = live_.back();
  live_[link.index_]->link_.index_ = link.index_;
  live_.pop_back();
  link.shard_ = nullptr;
}

void ConnectionShard::add_to(Totals& totals) const {
  const std::lock_guard lock(mutex_);
  totals.add(ended_);
  for (std::size_t i = 0; i < live_.size(); ++i) {
    if (i + kFetchedAhead < live_.size()) {
      fetch(live_[i + kFetchedAhead]->counters);
    }
    const ConnectionCounters& counters = live_[i]->counters;
    const bool is_served = counters.is_served();
    const bool is_waiting = live_[i]->is_waiting();
    // A connection whose thread has not begun may still be refused. It does not count yet, for counters must not
    // decrease.
    if (is_served || live_[i]->is_queued()) {
      ++totals.accepted;
      ++totals.active;
      totals.served += is_served ? 1 : 0;
      totals.waiting += is_waiting ? 1 : 0;
      counters.add_to(totals);
    }
  }
}

void ConnectionShard::append_to(std::vector<ConnectionSnapshot>& snapshots) const {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  for (const Connection* const connection : live_) {
    snapshots.push_back(connection->snapshot(now));
  }
}

std::size_t ConnectionShard::end_all(CloseReason reason) {
  const std::lock_guard lock(mutex_);
  std::size_t ended = 0;
  for (Connection* const connection : live_) {
    if (connection->end(reason)) {
      ++ended;
      ::shutdown(connection->fd(), SHUT_WR);
    }
  }
  return ended;
}

void ConnectionShard::shut_down_reading() {
  const std::lock_guard lock(mutex_);
  for (Connection* const connection : live_) {
    ::shutdown(connection->fd(), SHUT_RD);
  }
}

}  // namespace threadecho::echo
