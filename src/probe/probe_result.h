#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/connector.h"
#include "client/failure.h"
#include "client/local_stalls.h"
#include "net/endpoint.h"
#include "probe/probe_messages.h"

namespace threadecho::probe {

struct HalfCloseResult {
  std::chrono::nanoseconds duration{};  ///< until the server had closed
  std::optional<client::Failure> failure;
};

/// Everything a probe found.
struct ProbeResult {
  std::vector<net::Endpoint> addresses;  ///< of the name, when it was looked up last
  /// The first kMostAttempts attempts to connect: a run without an end may make one for each message.
  std::vector<client::Attempt> attempts;
  std::uint64_t attempts_in_all = 0;
  /// How many look-ups of the name failed in the same words.
  std::map<std::string, std::uint64_t> look_ups_failed;
  ProbeMessages messages;
  client::LocalStalls local_stalls;
  std::optional<HalfCloseResult> half_close;
  std::optional<client::Failure> failure;  ///< the first one, of any kind
  std::optional<int> signal;               ///< that ended it early
  std::chrono::system_clock::time_point began_at;
  std::chrono::nanoseconds duration{};

  static constexpr std::size_t kMostAttempts = 10'000;

  /// 0, that of the first failure, or 128 + the number of a signal that came before anything was echoed.
  [[nodiscard]] int exit_status() const;
  /// Keeps the failure if it is the first one.
  void note(const client::Failure& found);
};

}  // namespace threadecho::probe
