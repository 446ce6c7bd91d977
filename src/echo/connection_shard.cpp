#include "echo/connection_shard.h"

#include <sys/socket.h>

#include <cassert>
#include <utility>

namespace threadecho::echo {
namespace {

/// The counters of thousands of connections are in no cache: a scrape would wait for each line of them in turn.
/// Requested this many connections ahead, they arrive while others are added up.
constexpr std::size_t kFetchedAhead = 4;

void fetch(const ConnectionCounters& counters) noexcept {
  constexpr std::size_t kCacheLine = 64;
  const auto* const bytes = reinterpret_cast<const char*>(&counters);
  for (std::size_t at = 0; at < sizeof counters; at += kCacheLine) {
    __builtin_prefetch(bytes + at);
  }
}

}  // namespace

void ConnectionShard::add(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  Connection& added = *connection;
  live_.push_back(std::move(connection));
  added.index_ = live_.size() - 1;
}

std::unique_ptr<Connection> ConnectionShard::withdraw(Connection& connection) {
  const std::lock_guard lock(mutex_);
  assert(!connection.counters.started());
  return take_out(connection);
}

std::unique_ptr<Connection> ConnectionShard::remove(Connection& connection, CloseReason reason) {
  const std::lock_guard lock(mutex_);
  connection.counters.add_to(ended_);
  ++ended_.accepted;
  ++ended_.closed[index_of(reason)];
  ended_.connection_duration.observe(Clock::now() - connection.accepted_at());
  return take_out(connection);
}

std::unique_ptr<Connection> ConnectionShard::take_out(Connection& connection) {
  const std::size_t index = connection.index_;
  std::unique_ptr<Connection> taken = std::move(live_[index]);
  if (index + 1 != live_.size()) {
    live_[index] = std::move(live_.back());
    live_[index]->index_ = index;
  }
  live_.pop_back();
  return taken;
}

void ConnectionShard::add_to(Totals& totals) const {
  const std::lock_guard lock(mutex_);
  totals.add(ended_);
  for (std::size_t i = 0; i < live_.size(); ++i) {
    if (i + kFetchedAhead < live_.size()) {
      fetch(live_[i + kFetchedAhead]->counters);
    }
    const ConnectionCounters& counters = live_[i]->counters;
    // One that waits for its thread to begin may still be refused, and a counter must not go back.
    if (counters.started()) {
      ++totals.accepted;
      ++totals.active;
      counters.add_to(totals);
    }
  }
}

void ConnectionShard::append_to(std::vector<ConnectionSnapshot>& snapshots) const {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  for (const auto& connection : live_) {
    snapshots.push_back(connection->snapshot(now));
  }
}

std::size_t ConnectionShard::end_all(CloseReason reason) {
  const std::lock_guard lock(mutex_);
  std::size_t ended = 0;
  for (const auto& connection : live_) {
    if (connection->end(reason)) {
      ++ended;
      ::shutdown(connection->fd(), SHUT_WR);
    }
  }
  return ended;
}

void ConnectionShard::shut_down_reading() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : live_) {
    ::shutdown(connection->fd(), SHUT_RD);
  }
}

}  // namespace threadecho::echo
