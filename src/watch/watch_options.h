#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "client/arguments.h"
#include "client/target.h"
#include "log/options.h"

namespace threadecho::watch {

/// What `threadecho watch` is to do; the initialisers are the defaults of its flags.
struct WatchOptions {
  std::vector<client::Target> targets;  ///< of the command line, or of WATCH_TARGETS
  std::string targets_file;             ///< more of them; may be empty
  client::ConnectFlags connect;         ///< without `wait`
  std::chrono::milliseconds interval{1000};
  std::chrono::milliseconds timeout{2000};
  std::uint64_t size = 64;  ///< of a message, in bytes
  std::chrono::milliseconds resolve_every{30'000};
  std::chrono::milliseconds connect_every{30'000};  ///< 0: no fresh connections
  std::chrono::milliseconds idle{600'000};          ///< 0: no idle connection
  std::uint16_t http_port = 8081;                   ///< 0: any free one
  std::string http_bind_address = "::";
  std::vector<std::string> http_allowed_hosts;  ///< none: any host
  std::uint16_t version_port = 8080;            ///< of a target's GET /version; 0: do not ask
  bool aggregate = false;                       ///< metrics of all addresses of a target together
  bool dry_run = false;
  log::LogLevel log_level = log::LogLevel::kInfo;
  log::LogFormat log_format = log::LogFormat::kText;
  bool help = false;  ///< nothing else counts then
};

}  // namespace threadecho::watch
