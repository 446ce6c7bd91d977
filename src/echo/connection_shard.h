#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// Links to some of the live connections, and the sum of those among them that have ended. Every member may be called
/// from any thread; one lock guards it all, and no call holds it longer than one pass over the shard's connections.
///
/// A connection moves from "live" to "ended" under the lock, and both are read under it: what `add_to` adds never goes
/// back, and counts every byte of an ended connection.
class ConnectionShard {
 public:
  /// As the functions of the same names in ConnectionRegistry.
  void add(Connection& connection);
  void remove(Connection& connection, CloseReason reason);
  std::size_t end_all(CloseReason reason);
  void shut_down_reading();

  /// Adds live and ended connections.
  void add_to(Totals& totals) const;
  /// Appends the live connections, in no order.
  void append_to(std::vector<ConnectionSnapshot>& snapshots) const;

 private:
  friend class RegistryLink;

  /// Forgets a connection that was never served: it leaves no trace in the totals.
  void unlink(RegistryLink& link) noexcept;
  /// With the lock held.
  void take_out(RegistryLink& link) noexcept;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<Connection*> live_;
  Totals ended_;
};

}  // namespace threadecho::echo
