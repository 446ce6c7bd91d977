#pragma once

#include <cstdint>
#include <span>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "log/logger.h"

namespace threadecho::echo {

/// The lines a connection leaves in the log. A client that sends nothing, such as a load balancer's check, leaves one,
/// at `debug`.

/// With the first byte, from the connection's own thread.
void log_opened(log::Logger& log, const Connection& connection);
/// Each receive, at `trace`.
void log_received(log::Logger& log, const Connection& connection, std::span<const std::byte> bytes);
/// When the connection has left the table.
void log_closed(log::Logger& log, const Connection& connection, CloseReason reason);

}  // namespace threadecho::echo
