#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "echo/connection.h"
#include "echo/connection_quota.h"
#include "echo/connection_shard.h"
#include "echo/reasons.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// The live connections, and the sum of those that have ended. Every member may be called from any thread. Echoing
/// calls none of them.
///
/// Connections are spread over shards, each with a lock of its own: a scrape holds one of many locks at a time, so that
/// connections in all other shards come and go meanwhile. Each shard is read as a whole, so sums over all shards keep
/// what holds for each: totals never go back, `accepted` is `active` and all of `closed` together, and every byte of an
/// ended connection is counted. A connection leaves the table before its descriptor closes, so that a caller that finds
/// it here may still use that descriptor.
class ConnectionTable {
 public:
  /// At most `limit` connections at once, and `limit_per_client` of one address (0: no limit).
  ConnectionTable(std::uint32_t limit, std::uint32_t limit_per_client) noexcept : quota_(limit, limit_per_client) {}

  /// Takes the connection in and returns nothing, or leaves it where it is and says why there is no room.
  std::optional<RejectReason> try_add(std::unique_ptr<Connection>& connection);
  /// Takes a connection out that was never served: it leaves no trace in the totals.
  std::unique_ptr<Connection> withdraw(Connection& connection);
  /// Takes a connection out that has ended, and adds its counters to those of all that have.
  std::unique_ptr<Connection> remove(Connection& connection, CloseReason reason);

  [[nodiscard]] std::size_t size() const { return quota_.open(); }
  [[nodiscard]] std::uint32_t limit() const noexcept { return quota_.limit(); }
  /// The limit has been reached, and the number of connections has not yet fallen to 95 % of it: what readiness says.
  [[nodiscard]] bool full() const { return quota_.is_full(); }
  /// Live and ended connections together; the acceptor's own counters are not in it.
  [[nodiscard]] Totals totals() const;

  /// The live connections, in no order.
  [[nodiscard]] std::vector<ConnectionSnapshot> connections() const;

  /// Ends every live connection from outside: records `reason` and shuts the sending side, so that the client has an
  /// end of file after a whole prefix of its echo. The connections' threads go on discarding until `shut_down_reading`.
  /// Returns how many there were.
  std::size_t end_all(CloseReason reason);
  /// Wakes every thread that still waits in recv.
  void shut_down_reading();
  /// Waits until no connection is left; false when there still are some at `deadline`.
  bool wait_until_empty(Clock::time_point deadline) const { return quota_.wait_until_empty(deadline); }

 private:
  /// At 17,000 connections a scrape holds each lock for about 20 us. More shards would cost an idle server's scrape
  /// more.
  static constexpr std::size_t kShards = 64;

  ConnectionShard& shard_of(const Connection& connection) noexcept { return shards_[connection.id() % kShards]; }

  ConnectionQuota quota_;  // before the shards: a connection in them holds a place of it
  std::array<ConnectionShard, kShards> shards_;
};

}  // namespace threadecho::echo
