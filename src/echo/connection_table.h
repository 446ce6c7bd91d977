#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "echo/totals.h"
#include "net/endpoint.h"

namespace threadecho::echo {

/// The live connections, and the sum of those that have ended. Every member may be called from any thread; one lock
/// guards it all, and no call holds it longer than one pass over the live connections. Echoing never takes it.
///
/// The move of a connection from "live" to "ended" happens under the lock, and so does a reading of both: totals never
/// go back, and count every byte of an ended connection. A connection leaves the table before its descriptor closes,
/// so that whoever finds it here may still use that descriptor.
class ConnectionTable {
 public:
  /// At most `limit` connections at once, and `limit_per_client` of one address (0: as many as it likes).
  ConnectionTable(std::uint32_t limit, std::uint32_t limit_per_client);

  /// Takes the connection in and returns nothing, or leaves it where it is and says why there is no room.
  std::optional<RejectReason> try_add(std::unique_ptr<Connection>& connection);
  /// Takes a connection out that was never served: it leaves no trace in the totals.
  std::unique_ptr<Connection> withdraw(Connection& connection);
  /// Takes a connection out that has ended, and adds its counters to those of all that have.
  std::unique_ptr<Connection> remove(Connection& connection, CloseReason reason);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::uint32_t limit() const noexcept { return limit_; }
  /// The limit has been reached, and the number of connections has not yet fallen to 95 % of it: what readiness says.
  [[nodiscard]] bool full() const;
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
  bool wait_until_empty(Clock::time_point deadline) const;

 private:
  struct AddressHash {
    std::size_t operator()(const net::AddressKey& key) const noexcept;
  };

  std::unique_ptr<Connection> take_out(Connection& connection);

  const std::uint32_t limit_;
  const std::uint32_t limit_per_client_;

  mutable std::mutex mutex_;
  mutable std::condition_variable emptied_;
  // Guarded by mutex_:
  std::vector<std::unique_ptr<Connection>> live_;
  std::unordered_map<net::AddressKey, std::uint32_t, AddressHash> per_client_;  ///< empty without limit_per_client_
  Totals ended_;
  bool full_ = false;
};

}  // namespace threadecho::echo
