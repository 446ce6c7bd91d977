#include "echo/log_lines.h"

#include <new>
#include <optional>
#include <string>

#include "text/durations.h"

namespace threadecho::echo {

using spdlog::level::level_enum;

namespace {

/// The value of the field `via`; most connections have none. `text` is the endpoint's.
std::optional<std::string_view> via_field(const net::Endpoint& via, const net::EndpointText& text) {
  return via.is_known() ? std::optional(text.view()) : std::nullopt;
}

void write_opened(log::Logger& log, level_enum level, const Connection& connection) {
  const net::EndpointText peer = connection.peer().text();
  const net::EndpointText via = connection.via().text();
  log.write_unless_half_full(level, "connection opened",
                             {{"id", connection.id()},
                              {"peer", peer.view()},
                              {"via", via_field(connection.via(), via)},
                              {"thread", connection.counters.thread_id.value()}});
}

}  // namespace

void log_opened(log::Logger& log, const Connection& connection) {
  if (log.enabled(level_enum::debug)) {
    write_opened(log, level_enum::debug, connection);
  }
}

void log_first_received(log::Logger& log, const Connection& connection) {
  if (log.enabled(level_enum::info) && !log.enabled(level_enum::debug)) {
    write_opened(log, level_enum::info, connection);
  }
}

void log_received(log::Logger& log, const Connection& connection, std::span<const std::byte> bytes) {
  if (!log.enabled(level_enum::trace)) {
    return;
  }
  log.write(level_enum::trace, "received", {{"id", connection.id()}, {"bytes", bytes.size()}, {"payload", bytes}});
}

void log_closed(log::Logger& log, const Connection& connection, CloseReason reason) {
  const auto& counters = connection.counters;
  const level_enum level = counters.receives.value() > 0 ? level_enum::info : level_enum::debug;
  if (!log.enabled(level)) {
    return;
  }
  const net::EndpointText peer = connection.peer().text();
  const net::EndpointText via = connection.via().text();
  log.write(level, "connection closed",
            {{"id", connection.id()},
             {"peer", peer.view()},
             {"via", via_field(connection.via(), via)},
             {"reason", name_of(reason)},
             {"received_bytes", counters.received_bytes.value()},
             {"echoed_bytes", counters.echoed_bytes.value()},
             {"duration_seconds", Clock::now() - connection.accepted_at()}});
}

void log_refused(log::Logger& log, log::RateLimit& limit, const net::Endpoint& peer, RejectReason reason,
                 const std::error_code& error, const net::Endpoint& via) noexcept {
  const auto suppressed = limit.admit();
  if (!suppressed) {
    return;
  }
  const net::EndpointText address = peer.text();
  const net::EndpointText via_text = via.text();
  try {
    const std::string message = error ? error.message() : std::string();
    log.warn("connection refused", {{"peer", address.view()},
                                    {"via", via_field(via, via_text)},
                                    {"reason", name_of(reason)},
                                    {"error", error ? std::optional<std::string_view>(message) : std::nullopt},
                                    {"suppressed", *suppressed}});
  } catch (const std::bad_alloc&) {
    // The error itself may be that there is no memory.
  }
}

void log_refused_before(log::Logger& log, log::RateLimit& limit, RejectReason reason) {
  if (const std::uint64_t suppressed = limit.take_suppressed(); suppressed > 0) {
    log.warn("more connections refused", {{"reason", name_of(reason)}, {"suppressed", suppressed}});
  }
}

void log_header_refused(log::Logger& log, log::RateLimit& limit, const net::Endpoint& peer, ProxyHeaderResult result,
                        std::string_view why) noexcept {
  if (const auto suppressed = limit.admit()) {
    const net::EndpointText address = peer.text();
    log.warn("PROXY header refused",
             {{"peer", address.view()}, {"result", name_of(result)}, {"reason", why}, {"suppressed", *suppressed}});
  }
}

void log_headers_refused_before(log::Logger& log, log::RateLimit& limit) {
  if (const std::uint64_t suppressed = limit.take_suppressed(); suppressed > 0) {
    log.warn("more PROXY headers refused", {{"suppressed", suppressed}});
  }
}

void log_limit_lowered(log::Logger& log, std::uint32_t limit, std::uint32_t highest_limit,
                       const std::error_code& error) noexcept {
  try {
    const std::string message = error.message();
    log.warn("cannot serve more connections: the limit of connections is lowered to those open now",
             {{"limit", limit}, {"highest_limit", highest_limit}, {"error", message}});
  } catch (const std::bad_alloc&) {
    // The error itself may be that there is no memory.
  }
}

void log_failed(log::Logger& log, log::RateLimit& limit, std::string_view event,
                const std::error_code& error) noexcept {
  const auto suppressed = limit.admit();
  if (!suppressed) {
    return;
  }
  try {
    const std::string message = error.message();
    log.warn(event, {{"error", message}, {"suppressed", *suppressed}});
  } catch (const std::bad_alloc&) {
    // The error itself may be that there is no memory.
  }
}

}  // namespace threadecho::echo
