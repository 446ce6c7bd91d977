#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <variant>

#include "echo/reasons.h"
#include "net/endpoint.h"

namespace threadecho::echo {

/// How many connections are open, in total and per client address, and whether one more is allowed.
/// Owned by the server. Every member may be called from any thread; the lock is held for a few instructions.
class ConnectionQuota {
  using PerClient = std::pair<const net::AddressKey, std::uint32_t>;

 public:
  /// One open connection, taken before it is built. Counts until it is destroyed; the quota must outlive it.
  class Place {
   public:
    Place() noexcept = default;
    Place(Place&& other) noexcept : quota_(std::exchange(other.quota_, nullptr)), client_(other.client_) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { give_back(); }

    /// Stops counting before the place is destroyed.
    void give_back() noexcept;

   private:
    friend class ConnectionQuota;
    Place(ConnectionQuota& quota, PerClient* client) noexcept : quota_(&quota), client_(client) {}

    ConnectionQuota* quota_ = nullptr;
    PerClient* client_ = nullptr;  ///< null without a limit per client
  };

  /// At most `limit` connections at once, and `limit_per_client` of one address (0: no limit).
  ConnectionQuota(std::uint32_t limit, std::uint32_t limit_per_client) noexcept
      : highest_limit_(limit), limit_per_client_(limit_per_client), limit_(limit) {}

  /// A place for one more connection of this client, or why there is none. Throws std::bad_alloc.
  std::variant<Place, RejectReason> take(const net::Endpoint& client);
  /// The same for a connection that does not tell its client yet.
  std::variant<Place, RejectReason> take_for_unknown();
  /// Assigns a place from `take_for_unknown` to this client; false if the client has reached its limit. Throws
  /// std::bad_alloc.
  bool name_client(Place& place, const net::Endpoint& client);

  [[nodiscard]] std::size_t open() const;
  /// Addresses with an open connection; always 0 without a limit per client.
  [[nodiscard]] std::size_t known_clients() const;
  /// How many may be open: `highest_limit`, or less between `lower_limit` and `restore_limit`.
  [[nodiscard]] std::uint32_t limit() const;
  [[nodiscard]] std::uint32_t highest_limit() const noexcept { return highest_limit_; }
  /// As many connections are open as the limit allows.
  [[nodiscard]] bool is_at_limit() const;
  /// The limit has been reached, and the number of connections has not yet fallen to 95 % of it.
  [[nodiscard]] bool is_full() const;
  /// Makes `reached` the limit, because the system could not serve more connections. `take` still hands out places up
  /// to the highest limit, because only a try can tell that the system serves more again.
  void lower_limit(std::uint32_t reached);
  /// Raises a lowered limit to `reached`, if that is higher. Returns the limit.
  std::uint32_t raise_limit(std::uint32_t reached);
  /// The highest limit again.
  void restore_limit();
  /// Waits until no connection is open; false if some still are at `deadline`.
  template <typename TimePoint>
  bool wait_until_empty(TimePoint deadline) const {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return open_ == 0; });
  }

 private:
  struct AddressHash {
    std::size_t operator()(const net::AddressKey& key) const noexcept;
  };

  /// With the lock held:
  std::variant<Place, RejectReason> take_for(const net::Endpoint* client);
  bool count_for(const net::Endpoint& client, PerClient*& entry);
  void give_back(PerClient* client) noexcept;
  [[nodiscard]] bool stays_full() const;  ///< once it was full; under mutex_

  const std::uint32_t highest_limit_;
  const std::uint32_t limit_per_client_;

  mutable std::mutex mutex_;
  mutable std::condition_variable emptied_;
  // Guarded by mutex_:
  std::uint32_t limit_;  ///< at most highest_limit_
  std::size_t open_ = 0;
  bool is_full_ = false;
  std::unordered_map<net::AddressKey, std::uint32_t, AddressHash> per_client_;  ///< empty without limit_per_client_
};

}  // namespace threadecho::echo
