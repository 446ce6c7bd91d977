#include "echo/connection_quota.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace threadecho::echo {
namespace {

/// Readiness comes back at 95 % of the limit, so that one client that comes and goes does not make it flap.
std::size_t ready_again_at(std::uint32_t limit) { return std::size_t{limit} * 95 / 100; }

}  // namespace

std::size_t ConnectionQuota::AddressHash::operator()(const net::AddressKey& key) const noexcept {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(key.data()), key.size()});
}

void ConnectionQuota::Place::give_back() noexcept {
  if (quota_ != nullptr) {
    std::exchange(quota_, nullptr)->give_back(client_);
  }
}

std::variant<ConnectionQuota::Place, RejectReason> ConnectionQuota::take(const net::Endpoint& client) {
  const std::lock_guard lock(mutex_);
  return take_for(&client);
}

std::variant<ConnectionQuota::Place, RejectReason> ConnectionQuota::take_for_unknown() {
  const std::lock_guard lock(mutex_);
  return take_for(nullptr);
}

std::variant<ConnectionQuota::Place, RejectReason> ConnectionQuota::take_for(const net::Endpoint* client) {
  if (open_ >= highest_limit_) {
    return RejectReason::kMaxConnections;
  }
  PerClient* entry = nullptr;
  if (client != nullptr && !count_for(*client, entry)) {
    return RejectReason::kMaxPerClient;
  }
  ++open_;
  is_full_ = is_full_ || open_ >= limit_;
  return Place(*this, entry);
}

bool ConnectionQuota::name_client(Place& place, const net::Endpoint& client) {
  const std::lock_guard lock(mutex_);
  return count_for(client, place.client_);
}

bool ConnectionQuota::count_for(const net::Endpoint& client, PerClient*& entry) {
  if (limit_per_client_ == 0) {
    return true;
  }
  PerClient& counted = *per_client_.try_emplace(client.address_key()).first;
  if (counted.second >= limit_per_client_) {
    return false;
  }
  ++counted.second;
  entry = &counted;
  return true;
}

void ConnectionQuota::give_back(PerClient* client) noexcept {
  const std::lock_guard lock(mutex_);
  if (client != nullptr && --client->second == 0) {
    per_client_.erase(net::AddressKey(client->first));  // a copy: the entry holds the key
  }
  --open_;
  is_full_ = is_full_ && stays_full();
  if (open_ == 0) {
    emptied_.notify_all();
  }
}

bool ConnectionQuota::stays_full() const { return open_ >= limit_ || open_ > ready_again_at(limit_); }

std::size_t ConnectionQuota::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::size_t ConnectionQuota::known_clients() const {
  const std::lock_guard lock(mutex_);
  return per_client_.size();
}

std::uint32_t ConnectionQuota::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

bool ConnectionQuota::is_at_limit() const {
  const std::lock_guard lock(mutex_);
  return open_ >= limit_;
}

void ConnectionQuota::lower_limit(std::uint32_t reached) {
  const std::lock_guard lock(mutex_);
  limit_ = reached;
  is_full_ = stays_full();  // some of those that were reached may have ended meanwhile
}

std::uint32_t ConnectionQuota::raise_limit(std::uint32_t reached) {
  const std::lock_guard lock(mutex_);
  limit_ = std::max(limit_, reached);
  is_full_ = is_full_ && stays_full();
  return limit_;
}

void ConnectionQuota::restore_limit() {
  const std::lock_guard lock(mutex_);
  limit_ = highest_limit_;
  is_full_ = open_ >= limit_;
}

bool ConnectionQuota::is_full() const {
  const std::lock_guard lock(mutex_);
  return is_full_;
}

}  // namespace threadecho::echo
