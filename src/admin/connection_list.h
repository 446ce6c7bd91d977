#pragma once

#include "echo/server.h"
#include "http/connections.h"

namespace threadecho::admin {

/// The echo server's live connections as GET /connections shows them. The server's lock is held only for a copy of
/// plain numbers; to sort and to write them comes after.
http::ConnectionList list_connections(const echo::Server& server, const http::ConnectionsQuery& query);

}  // namespace threadecho::admin
