#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "echo/connection.h"
#include "echo/connection_shard.h"
#include "echo/reasons.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// Knows the live connections, which others own, and keeps the sum of those that have ended. Owned by the server. Every
/// member may be called from any thread. Echoing calls none of them.
///
/// Connections are spread over shards, each with a lock of its own: a scrape holds one of many locks at a time, so that
/// connections in all other shards come and go meanwhile. Each shard is read as a whole, so what holds for a shard
/// holds for the sums: totals never decrease, `accepted` is `active` and all of `closed` together, and every byte of an
/// ended connection is counted.
class ConnectionRegistry {
 public:
  /// Links the connection, until it is removed or destroyed. Throws std::bad_alloc.
  void add(Connection& connection) { shard_of(connection).add(connection); }
  /// Unlinks a connection that has ended, and adds its counters to those of all that have.
  void remove(Connection& connection, CloseReason reason) { shard_of(connection).remove(connection, reason); }

  /// Live and ended connections together; the acceptor's own counters are not in it.
  [[nodiscard]] Totals totals() const;
  /// The live connections, in no order; most of the memory is reserved for `expected` of them outside the locks.
  [[nodiscard]] std::vector<ConnectionSnapshot> snapshots(std::size_t expected) const;

  /// Ends every live connection from outside: records `reason` and shuts the sending side, so that the client gets an
  /// end of file after a whole prefix of its echo. The connections' threads go on discarding until `shut_down_reading`.
  /// Returns how many connections it ended.
  std::size_t end_all(CloseReason reason);
  /// Wakes every thread that still waits in recv.
  void shut_down_reading();

 private:
  /// At 17,000 connections a scrape holds each lock for about 20 us. More shards would cost an idle server's scrape
  /// more.
  static constexpr std::size_t kShards = 64;

  ConnectionShard& shard_of(const Connection& connection) noexcept { return shards_[connection.id() % kShards]; }

  std::array<ConnectionShard, kShards> shards_;
};

}  // namespace threadecho::echo
