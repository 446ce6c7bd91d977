#include "echo/connection_table.h"

#include <utility>
#include <variant>

namespace threadecho::echo {

std::optional<RejectReason> ConnectionTable::try_add(std::unique_ptr<Connection>& connection) {
  auto granted = quota_.take(connection->peer());
  if (const auto* const reason = std::get_if<RejectReason>(&granted)) {
    return *reason;
  }
  connection->place_ = std::get<ConnectionQuota::Place>(std::move(granted));
  ConnectionShard& shard = shard_of(*connection);
  shard.add(std::move(connection));
  return std::nullopt;
}

// Both give the place back once the connection has left its shard: a table without places taken is empty. And before
// the descriptor closes: a client that sees the end of its connection finds room for the next one.

std::unique_ptr<Connection> ConnectionTable::withdraw(Connection& connection) {
  std::unique_ptr<Connection> taken = shard_of(connection).withdraw(connection);
  taken->place_.give_back();
  return taken;
}

std::unique_ptr<Connection> ConnectionTable::remove(Connection& connection, CloseReason reason) {
  std::unique_ptr<Connection> taken = shard_of(connection).remove(connection, reason);
  taken->place_.give_back();
  return taken;
}

Totals ConnectionTable::totals() const {
  Totals totals;
  for (const ConnectionShard& shard : shards_) {
    shard.add_to(totals);
  }
  return totals;
}

std::vector<ConnectionSnapshot> ConnectionTable::connections() const {
  std::vector<ConnectionSnapshot> snapshots;
  snapshots.reserve(size());  // most of the memory outside the locks
  for (const ConnectionShard& shard : shards_) {
    shard.append_to(snapshots);
  }
  return snapshots;
}

std::size_t ConnectionTable::end_all(CloseReason reason) {
  std::size_t ended = 0;
  for (ConnectionShard& shard : shards_) {
    ended += shard.end_all(reason);
  }
  return ended;
}

void ConnectionTable::shut_down_reading() {
  for (ConnectionShard& shard : shards_) {
    shard.shut_down_reading();
  }
}

}  // namespace threadecho::echo
