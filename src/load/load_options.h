#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/arguments.h"
#include "client/proxy_header.h"
#include "client/target.h"
#include "net/endpoint.h"
#include "text/timestamps.h"

namespace threadecho::load {

enum class LoadMode : std::uint8_t {
  kClosed,  ///< a message goes out when one came back
  kOpen,    ///< messages go out at a constant rate, whatever comes back
  kBulk,    ///< each connection sends as fast as the server takes it
  kChurn,   ///< connect, one echo, close, again
  kHold,    ///< connections stay idle, and must still echo at the end
};
inline constexpr std::array<std::string_view, 5> kLoadModeNames = {"closed", "open", "bulk", "churn", "hold"};
constexpr std::string_view name_of(LoadMode mode) { return kLoadModeNames.at(static_cast<std::size_t>(mode)); }

/// How the churn ends a connection.
enum class LoadClose : std::uint8_t {
  kFin,    ///< as usual; the local port then waits in TIME_WAIT
  kReset,  ///< a reset after the whole echo: the port is free at once
};
inline constexpr std::array<std::string_view, 2> kLoadCloseNames = {"fin", "reset"};
constexpr std::string_view name_of(LoadClose close) { return kLoadCloseNames.at(static_cast<std::size_t>(close)); }

/// The settings of `threadecho load`; the initialisers are the defaults of its flags.
struct LoadOptions {
  client::Target target;
  client::ConnectFlags connect;
  LoadMode mode = LoadMode::kClosed;
  std::uint32_t connections = 1;
  std::uint64_t size = 64;  ///< bytes of a message
  std::uint32_t pipeline = 1;
  std::uint32_t threads = 1;
  double rate = 0;                    ///< messages a second over all connections, kOpen only
  LoadClose close = LoadClose::kFin;  ///< kChurn only
  std::chrono::milliseconds ramp{0};
  std::chrono::milliseconds duration{std::chrono::seconds(10)};
  std::chrono::milliseconds warmup{std::chrono::seconds(1)};
  std::chrono::milliseconds timeout{std::chrono::seconds(5)};
  bool reconnect = false;
  std::optional<net::ProxyProtocol> proxy_protocol;  ///< nothing: no header
  bool json = false;
  bool quiet = false;
  bool timestamps = false;
  std::chrono::milliseconds report_interval{0};  ///< 0: --report-interval was not given
  std::optional<text::WallTime> start_at;
  std::vector<net::Endpoint> sources;
  std::string raw_samples;  ///< a file for every single latency; empty: none
  bool help = false;        ///< nothing else counts then

  /// The ramp opens one connection after the other, each of which begins at once. In the open loop it raises the rate.
  [[nodiscard]] bool ramps_connections() const { return ramp.count() > 0 && mode != LoadMode::kOpen; }
};

}  // namespace threadecho::load
