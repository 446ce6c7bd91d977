#include "echo/connection_table.h"

#include <sys/socket.h>

#include <cassert>
#include <functional>
#include <string_view>

namespace threadecho::echo {
namespace {

/// Readiness comes back at 95 % of the limit, so that one client that comes and goes does not make it flap.
std::size_t ready_again_at(std::uint32_t limit) { return std::size_t{limit} * 95 / 100; }

/// The counters of thousands of connections are in nobody's cache: a scrape would wait for each line of them in turn.
/// Asked for this many connections ahead, they come while others are added up.
constexpr std::size_t kFetchedAhead = 4;

void fetch(const ConnectionCounters& counters) noexcept {
  constexpr std::size_t kCacheLine = 64;
  const auto* const bytes = reinterpret_cast<const char*>(&counters);
  for (std::size_t at = 0; at < sizeof counters; at += kCacheLine) {
    __builtin_prefetch(bytes + at);
  }
}

}  // namespace

std::size_t ConnectionTable::AddressHash::operator()(const net::AddressKey& key) const noexcept {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(key.data()), key.size()});
}

ConnectionTable::ConnectionTable(std::uint32_t limit, std::uint32_t limit_per_client)
    : limit_(limit), limit_per_client_(limit_per_client) {}

std::optional<RejectReason> ConnectionTable::try_add(std::unique_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  if (live_.size() >= limit_) {
    return RejectReason::kMaxConnections;
  }
  std::uint32_t* const open = limit_per_client_ > 0 ? &per_client_[connection->peer().address_key()] : nullptr;
  if (open != nullptr && *open >= limit_per_client_) {
    return RejectReason::kMaxPerClient;
  }
  connection->place_ = live_.size();
  live_.push_back(std::move(connection));  // nothing is counted yet, should there be no memory
  if (open != nullptr) {
    ++*open;
  }
  if (live_.size() >= limit_) {
    full_ = true;
  }
  return std::nullopt;
}

std::unique_ptr<Connection> ConnectionTable::withdraw(Connection& connection) {
  const std::lock_guard lock(mutex_);
  assert(!connection.counters.started());
  return take_out(connection);
}

std::unique_ptr<Connection> ConnectionTable::remove(Connection& connection, CloseReason reason) {
  const std::lock_guard lock(mutex_);
  connection.counters.add_to(ended_);
  ++ended_.accepted;
  ++ended_.closed[index_of(reason)];
  ended_.connection_duration.observe(kConnectionDurationBounds, Clock::now() - connection.accepted_at());
  return take_out(connection);
}

std::unique_ptr<Connection> ConnectionTable::take_out(Connection& connection) {
  const std::size_t place = connection.place_;
  std::unique_ptr<Connection> taken = std::move(live_[place]);
  if (place + 1 != live_.size()) {
    live_[place] = std::move(live_.back());
    live_[place]->place_ = place;
  }
  live_.pop_back();
  if (limit_per_client_ > 0) {
    const auto entry = per_client_.find(taken->peer().address_key());
    if (--entry->second == 0) {
      per_client_.erase(entry);
    }
  }
  if (live_.size() <= ready_again_at(limit_)) {
    full_ = false;
  }
  if (live_.empty()) {
    emptied_.notify_all();
  }
  return taken;
}

std::size_t ConnectionTable::size() const {
  const std::lock_guard lock(mutex_);
  return live_.size();
}

bool ConnectionTable::full() const {
  const std::lock_guard lock(mutex_);
  return full_;
}

Totals ConnectionTable::totals() const {
  const std::lock_guard lock(mutex_);
  Totals totals = ended_;
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
  return totals;
}

std::vector<ConnectionSnapshot> ConnectionTable::connections() const {
  std::vector<ConnectionSnapshot> snapshots;
  snapshots.reserve(size());  // most of the memory outside the lock
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  for (const auto& connection : live_) {
    snapshots.push_back(connection->snapshot(now));
  }
  return snapshots;
}

std::size_t ConnectionTable::end_all(CloseReason reason) {
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

void ConnectionTable::shut_down_reading() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : live_) {
    ::shutdown(connection->fd(), SHUT_RD);
  }
}

bool ConnectionTable::wait_until_empty(Clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return live_.empty(); });
}

}  // namespace threadecho::echo
