#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/target.h"
#include "net/endpoint.h"

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

/// The settings of `threadecho load`; the initialisers are the defaults of its flags.
struct LoadOptions {
  client::Target target;
  LoadMode mode = LoadMode::kClosed;
  std::uint32_t connections = 1;
  std::uint64_t size = 64;  ///< bytes of a message
  std::uint32_t pipeline = 1;
  std::uint32_t threads = 1;
  double rate = 0;  ///< messages a second over all connections, kOpen only
  std::chrono::milliseconds duration{std::chrono::seconds(10)};
  std::chrono::milliseconds warmup{std::chrono::seconds(1)};
  std::chrono::milliseconds timeout{std::chrono::seconds(5)};
  bool reconnect = false;
  bool json = false;
  std::vector<net::Endpoint> sources;
  std::string raw_samples;  ///< a file for every single latency; empty: none
  bool help = false;        ///< nothing else counts then
};

}  // namespace threadecho::load
