#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"

namespace threadecho::echo {

/// The lines that a connection leaves in the log: one when it opens, one when it has closed. A client that sends
/// nothing, such as a load balancer's check, leaves both at `debug` only. While standard output is more than half full,
/// the first one is dropped: the second repeats the peer, and says how long ago the connection opened.

/// When its thread begins to serve it, at `debug`.
void log_opened(log::Logger& log, const Connection& connection);
/// With the first byte, at `info`; not if `log_opened` has written the line already.
void log_first_received(log::Logger& log, const Connection& connection);
/// Each receive, at `trace`.
void log_received(log::Logger& log, const Connection& connection, std::span<const std::byte> bytes);
/// When the connection has left the table.
void log_closed(log::Logger& log, const Connection& connection, CloseReason reason);

/// Logs a refused client and the reason, as often as `limit` allows. `error` is the system's error, if there was one;
/// `via` is the load balancer that has named the client, if one has.
void log_refused(log::Logger& log, log::RateLimit& limit, const net::Endpoint& peer, RejectReason reason,
                 const std::error_code& error = {}, const net::Endpoint& via = {}) noexcept;

/// Logs, when the server stops, how many refusals `log_refused` has held back since its last line, if any.
void log_refused_before(log::Logger& log, log::RateLimit& limit, RejectReason reason);

/// Logs a client of PROXY_PORT that is not let in, and the reason, as often as `limit` allows; and at the end how many
/// such lines were held back.
void log_header_refused(log::Logger& log, log::RateLimit& limit, const net::Endpoint& peer, ProxyHeaderResult result,
                        std::string_view why) noexcept;
void log_headers_refused_before(log::Logger& log, log::RateLimit& limit);

/// Logs that the limit of connections became the number reached, because a thread could not be created.
void log_limit_lowered(log::Logger& log, std::uint32_t limit, std::uint32_t highest_limit,
                       const std::error_code& error) noexcept;

/// Logs what failed for a client, and why, as often as `limit` allows. Needs memory for the text of the reason; without
/// it the line is lost, as the logger's own are.
void log_failed(log::Logger& log, log::RateLimit& limit, std::string_view event, const std::error_code& error) noexcept;

}  // namespace threadecho::echo
