#include "echo/connection_registry.h"

namespace threadecho::echo {

Totals ConnectionRegistry::totals() const {
  Totals totals;
  for (const ConnectionShard& shard : shards_) {
    shard.add_to(totals);
  }
  return totals;
}

std::vector<ConnectionSnapshot> ConnectionRegistry::snapshots(std::size_t expected) const {
  std::vector<ConnectionSnapshot> snapshots;
  snapshots.reserve(expected);
  for (const ConnectionShard& shard : shards_) {
    shard.append_to(snapshots);
  }
  return snapshots;
}

std::size_t ConnectionRegistry::end_all(CloseReason reason) {
  std::size_t ended = 0;
  for (ConnectionShard& shard : shards_) {
    ended += shard.end_all(reason);
  }
  return ended;
}

void ConnectionRegistry::shut_down_reading() {
  for (ConnectionShard& shard : shards_) {
    shard.shut_down_reading();
  }
}

}  // namespace threadecho::echo
