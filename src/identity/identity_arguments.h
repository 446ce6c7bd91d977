#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/manual.h"
#include "client/arguments.h"
#include "client/target.h"

namespace threadecho::identity {

/// What `threadecho identity` is to do; the initialisers are the defaults of its flags.
struct IdentityOptions {
  client::Target target;
  client::ConnectFlags connect;
  std::uint64_t count = 100;  ///< connections
  std::chrono::milliseconds interval{0};
  std::chrono::milliseconds timeout{5000};
  bool json = false;
  bool help = false;  ///< nothing else counts then
};

/// argv[0] is the command's name. Throws cli::UsageError.
IdentityOptions parse_identity_arguments(int argc, const char* const* argv);

cli::Manual identity_manual();

}  // namespace threadecho::identity
