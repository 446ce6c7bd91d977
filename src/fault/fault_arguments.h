#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/manual.h"
#include "client/json.h"
#include "client/target.h"

namespace threadecho::fault {

enum class FaultAction : std::uint8_t { kAdd, kList, kClear };

/// What `threadecho fault` is asked to do.
// NOLINTNEXTLINE(bugprone-exception-escape): moving a Json throws nothing
struct FaultOptions {
  FaultAction action = FaultAction::kList;
  client::Json request;             ///< of kAdd: the body of POST /faults
  std::optional<std::uint64_t> id;  ///< of kClear: the only one to end
  client::Target server;            ///< its HTTP port
  bool json = false;
  bool help = false;  ///< nothing else counts then
};

/// argv[0] is the command's name. Throws cli::UsageError.
FaultOptions parse_fault_arguments(int argc, const char* const* argv);

cli::Manual fault_manual();

}  // namespace threadecho::fault
