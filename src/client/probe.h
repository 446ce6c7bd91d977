#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "client/connector.h"
#include "client/failure.h"
#include "client/interrupt.h"
#include "client/probe_arguments.h"
#include "client/statistics.h"
#include "net/endpoint.h"

namespace threadecho::client {

struct HalfCloseResult {
  std::chrono::nanoseconds duration{};  ///< until the server had closed
  std::optional<Failure> failure;
};

/// Everything a probe found.
struct ProbeResult {
  std::vector<net::Endpoint> addresses;  ///< of the name
  std::vector<Attempt> attempts;         ///< all tries to connect
  /// One for each message sent, in their order; nothing for a lost one. A message that a signal cut short is not there.
  std::vector<std::optional<std::chrono::nanoseconds>> round_trips;
  std::map<std::uint64_t, Failure> lost;  ///< why, by sequence, from 1
  std::optional<HalfCloseResult> half_close;
  std::optional<Failure> failure;  ///< the first one, of whatever kind
  std::optional<int> signal;       ///< that ended it early
  std::chrono::nanoseconds duration{};

  [[nodiscard]] std::size_t sent() const { return round_trips.size(); }
  [[nodiscard]] std::size_t echoed() const { return sent() - lost.size(); }
  [[nodiscard]] std::optional<Statistics> statistics() const;
  /// 0, the first failure's, or 128 + the signal's number when it came before anything was echoed.
  [[nodiscard]] int exit_status() const;
};

/// Takes one line, without its end.
using PrintLine = std::function<void(std::string_view line)>;

/// Does what the options say, and prints a line about each thing as it happens. `interrupt` may be null.
ProbeResult probe(const ProbeOptions& options, const std::vector<net::Endpoint>& addresses, const PrintLine& print,
                  Interrupt* interrupt);

}  // namespace threadecho::client
