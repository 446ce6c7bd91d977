#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "load/load_options.h"
#include "net/endpoint.h"

namespace threadecho::load {

/// What a churn that closes with FIN has to connect from: this host's end closes first, so that its port waits in
/// TIME_WAIT and cannot be used for the same server meanwhile.
struct LocalPorts {
  std::uint64_t count = 0;  ///< of all sources together
  std::chrono::seconds time_wait{0};

  /// Connections a second for which they last.
  [[nodiscard]] double lasting_rate() const {
    return static_cast<double>(count) / static_cast<double>(time_wait.count());
  }
};

/// Nothing where ports cannot run out so: in other modes, with --close reset, and where the system uses ports again
/// after a second (tcp_tw_reuse; on loopback by default). Reads /proc/sys/net/ipv4.
std::optional<LocalPorts> scarce_local_ports(const LoadOptions& options, const net::Endpoint& target);

/// One line without its end that says how long they will last.
std::string text_of(const LocalPorts& ports);

}  // namespace threadecho::load
