#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// Some of the live connections, and the sum of those among them that have ended. Every member may be called from any
/// thread; one lock guards it all, and no call holds it longer than one pass over the shard's connections.
///
/// A connection moves from "live" to "ended" under the lock, and both are read under it: what `add_to` adds never goes
/// back, and counts every byte of an ended connection.
class ConnectionShard {
 public:
  void add(std::unique_ptr<Connection> connection);
  /// Takes out a connection that was never served: it leaves no trace in the totals.
  std::unique_ptr<Connection> withdraw(Connection& connection);
  /// Takes out a connection that has ended, and adds its counters to those of all that have.
  std::unique_ptr<Connection> remove(Connection& connection, CloseReason reason);

  /// Adds live and ended connections.
  void add_to(Totals& totals) const;
  /// Appends the live connections, in no order.
  void append_to(std::vector<ConnectionSnapshot>& snapshots) const;

  /// As the functions of the same names in ConnectionTable.
  std::size_t end_all(CloseReason reason);
  void shut_down_reading();

 private:
  std::unique_ptr<Connection> take_out(Connection& connection);

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::unique_ptr<Connection>> live_;
  Totals ended_;
};

}  // namespace threadecho::echo
