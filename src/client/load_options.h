#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"

namespace threadecho::client {

enum class LoadMode : std::uint8_t {
  kClosed,  ///< a message goes out when one came back
  kOpen,    ///< messages go out at a constant rate, whatever comes back
  kBulk,    ///< each connection sends as fast as the server takes it
  kChurn,   ///< connect, one echo, close, again
  kHold,    ///< connections stay idle, and must still echo at the end
};
std::string_view name_of(LoadMode mode);

/// What a run is to do. Defaults are those of the command line.
struct LoadOptions {
  std::string target;  ///< as given: HOST:PORT or [IPV6]:PORT
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
  std::string raw_samples;  ///< a file for every single latency; for tests
};

/// Nothing to run: help was asked for (status 0), or the arguments are wrong (2).
struct LoadUsage {
  std::string text;  ///< complete, with its line end
  int status = 0;
};

struct ParsedLoad {
  LoadOptions options;
  std::optional<LoadUsage> exit;  ///< when set, nothing else counts
};

/// Reads the arguments after the command's name.
ParsedLoad parse_load_arguments(int argc, const char* const* argv);

/// What `threadecho load --help` prints.
std::string_view load_help_text();

}  // namespace threadecho::client
