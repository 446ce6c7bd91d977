#pragma once

#include <string>

#include "client/wait.h"
#include "net/endpoint.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::healthcheck {

/// Where this host reaches a server that is bound to `address`: there, or on loopback when it is bound to all.
/// `address` is numeric.
net::Endpoint reachable(const std::string& address, std::uint16_t port);

struct Health {
  bool is_good = false;
  std::string reason;  ///< one line
};

/// Asks the server with these settings for GET /healthz, and with `with_echo` also has one message echoed, all by the
/// deadline.
Health check_health(const config::Settings& settings, bool with_echo, client::Deadline deadline);

}  // namespace threadecho::healthcheck
