#include "cli/commands.h"

namespace threadecho::cli {

const std::vector<CommandSummary>& command_summaries() {
  static const std::vector<CommandSummary> table = {
      {"serve", "", "Echo until SIGTERM, SIGINT or SIGHUP, then drain. The default."},
      {"healthcheck", "", "Ask the server on this host for GET /healthz; for containers."},
      {"load", "HOST:PORT", "Load on a TCP echo server: speed, latency, lost connections; checks every byte."},
      {"probe", "HOST:PORT", "Like ping, over a TCP echo server; checks every byte."},
  };
  return table;
}

std::string command_names() {
  std::string names;
  for (const CommandSummary& command : command_summaries()) {
    names.append(names.empty() ? "" : ", ").append(command.name);
  }
  return names;
}

}  // namespace threadecho::cli
