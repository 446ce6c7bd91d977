#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "log/logger.h"
#include "log/rate_limit.h"

namespace threadecho::echo {

/// The lines a connection leaves in the log. A client that sends nothing, such as a load balancer's check, leaves one,
/// at `debug`.

/// With the first byte, from the connection's own thread.
void log_opened(log::Logger& log, const Connection& connection);
/// Each receive, at `trace`.
void log_received(log::Logger& log, const Connection& connection, std::span<const std::byte> bytes);
/// When the connection has left the table.
void log_closed(log::Logger& log, const Connection& connection, CloseReason reason);

/// What could not be done for a client, and why, as often as `limit` lets it through. Needs memory for the reason's
/// text; without it the line is lost, as the logger's own are.
void log_failed(log::Logger& log, log::RateLimit& limit, std::string_view event, const std::error_code& error) noexcept;

}  // namespace threadecho::echo
