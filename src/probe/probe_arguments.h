#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/manual.h"
#include "client/arguments.h"
#include "client/proxy_header.h"
#include "client/target.h"

namespace threadecho::probe {

/// What `threadecho probe` is to do; the initialisers are the defaults of its flags.
struct ProbeOptions {
  client::Target target;
  client::ConnectFlags connect;
  std::uint64_t count = 4;  ///< messages; 0: until a signal comes
  std::chrono::milliseconds interval{1000};
  std::size_t size = 64;  ///< bytes of a message
  std::chrono::milliseconds timeout{5000};
  bool half_close = false;
  std::optional<net::ProxyProtocol> proxy_protocol;  ///< nothing: no header
  bool json = false;
  bool quiet = false;
  bool timestamps = false;
  bool help = false;  ///< nothing else counts then
};

/// argv[0] is the command's name. Throws cli::UsageError.
ProbeOptions parse_probe_arguments(int argc, const char* const* argv);

cli::Manual probe_manual();

}  // namespace threadecho::probe
