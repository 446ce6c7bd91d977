#include "admin/connection_list.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace threadecho::admin {
namespace {

using echo::ConnectionSnapshot;
using http::ConnectionOrder;

bool stands_before(const ConnectionSnapshot& one, const ConnectionSnapshot& other, ConnectionOrder order) {
  // The newest first where nothing else tells two apart.
  switch (order) {
    case ConnectionOrder::kBytes:
      return std::pair(one.received_bytes, one.id) > std::pair(other.received_bytes, other.id);
    case ConnectionOrder::kAge:
      return one.id < other.id;
    case ConnectionOrder::kIdle:
      return std::pair(one.idle, one.id) > std::pair(other.idle, other.id);
    case ConnectionOrder::kNewest:
      break;
  }
  return one.id > other.id;
}

http::ConnectionView view_of(const ConnectionSnapshot& connection) {
  http::ConnectionView view{.id = connection.id,
                            .peer = connection.peer.to_string(),
                            .thread = connection.thread_id,
                            .state = name_of(connection.state),
                            .age = connection.age,
                            .idle = connection.idle,
                            .received_bytes = connection.received_bytes,
                            .echoed_bytes = connection.echoed_bytes,
                            .round_trip = {}};
  if (connection.round_trip.count() > 0) {
    view.round_trip = connection.round_trip;
  }
  return view;
}

}  // namespace

http::ConnectionList list_connections(const echo::Server& server, const http::ConnectionsQuery& query) {
  std::vector<ConnectionSnapshot> connections = server.connections();
  http::ConnectionList list{.total = connections.size(), .shown = {}};
  const auto end = connections.begin() + static_cast<std::ptrdiff_t>(std::min(query.limit, connections.size()));
  std::partial_sort(connections.begin(), end, connections.end(),
                    [&](const auto& one, const auto& other) { return stands_before(one, other, query.order); });
  std::transform(connections.begin(), end, std::back_inserter(list.shown), view_of);
  return list;
}

}  // namespace threadecho::admin
