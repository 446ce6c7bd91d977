#include "load/local_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "text/numbers.h"

namespace threadecho::load {
namespace {

constexpr std::chrono::seconds kTimeWait{60};  // TCP_TIMEWAIT_LEN, a constant of the kernel; tcp_fin_timeout is another

bool is_loopback(const net::Endpoint& endpoint) {
  const std::string host = endpoint.host();
  return host == "::1" || host.starts_with("127.");
}

/// Linux uses the port of a connection in TIME_WAIT again after a second: always with 1, on loopback with 2.
bool reuses_ports(const net::Endpoint& target) {
  int reuse = 0;
  std::ifstream("/proc/sys/net/ipv4/tcp_tw_reuse") >> reuse;
  return reuse == 1 || (reuse == 2 && is_loopback(target));
}

}  // namespace

std::optional<LocalPorts> scarce_local_ports(const LoadOptions& options, const net::Endpoint& target) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
  if (options.mode != LoadMode::kChurn || options.close == LoadClose::kReset || last < first || last == 0 ||
      reuses_ports(target)) {
    return std::nullopt;
  }
  return LocalPorts{.count = (last - first + 1) * std::max<std::uint64_t>(options.sources.size(), 1),
                    .time_wait = kTimeWait};
}

std::string text_of(const LocalPorts& ports) {
  constexpr double kExample = 1000;
  const std::chrono::duration<double> lasting(static_cast<double>(ports.count) / kExample);
  return fmt::format(
      "local ports: {}, each of which the system keeps for {} s after its connection (TIME_WAIT). They are enough for "
      "{} connections/s; at {}/s they are used up after {}. More --source addresses, or --close reset, avoid that",
      text::format_count(ports.count), ports.time_wait.count(), text::format_rate(ports.lasting_rate()),
      text::format_rate(kExample), text::format_latency(std::chrono::duration_cast<std::chrono::nanoseconds>(lasting)));
}

}  // namespace threadecho::load
