#include "healthcheck/healthcheck.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "client/connector.h"
#include "client/echo_exchange.h"
#include "client/failure.h"
#include "client/http_client.h"
#include "client/payload.h"
#include "config/settings.h"

namespace threadecho::healthcheck {
namespace {

constexpr unsigned kOk = 200;
constexpr std::size_t kEchoBytes = 64;

std::optional<client::Failure> echo_failure(const net::Endpoint& server, client::Deadline deadline) {
  const client::Connected connected = client::connect_to_any({server}, client::time_left(deadline), nullptr);
  if (!connected.fd) {
    return client::connect_failure(connected.attempts);
  }
  return client::echo_once(connected.fd.get(), client::Payload(0), 1, kEchoBytes, client::AfterSending::kStayOpen,
                           deadline, nullptr)
      .failure;
}

}  // namespace

net::Endpoint reachable(const std::string& address, std::uint16_t port) {
  const net::Endpoint bound = net::Endpoint::parse(address, port).value();
  // IPv4 also for `::`, which serves both, or has fallen back to 0.0.0.0 on a host without IPv6.
  return bound.is_any() ? net::Endpoint::parse("127.0.0.1", port).value() : bound;
}

Health check_health(const config::Settings& settings, bool with_echo, client::Deadline deadline) {
  if (settings.http_port == 0 || (with_echo && settings.port == 0)) {
    return {.is_good = false,
            .reason = std::string(settings.http_port == 0 ? "HTTP_PORT" : "PORT") +
                      "=0 takes any free port, so the health check cannot know which one to ask"};
  }
  const net::Endpoint http = reachable(settings.http_bind_address, settings.http_port);
  const std::string request = "GET /healthz at " + http.to_string();
  const auto answer = client::http_get(http, "/healthz", deadline, nullptr, client::HttpPart::kHeader);
  if (!answer.ok()) {
    return {.is_good = false, .reason = request + ": " + answer.reason()};
  }
  std::string reason = request + " answered " + std::to_string(answer.value().status);
  if (answer.value().status != kOk || !with_echo) {
    return {.is_good = answer.value().status == kOk, .reason = std::move(reason)};
  }
  const net::Endpoint echo = reachable(settings.bind_address, settings.port);
  if (const auto failure = echo_failure(echo, deadline)) {
    return {.is_good = false, .reason = "echo at " + echo.to_string() + ": " + failure->text};
  }
  return {.is_good = true, .reason = reason + ", and " + echo.to_string() + " echoed"};
}

}  // namespace threadecho::healthcheck
