#include "cli/commands.h"

#include <algorithm>

#include "cli/spelling.h"
#include "text/escape.h"

namespace threadecho::cli {

const std::vector<CommandSummary>& command_summaries() {
  static const std::vector<CommandSummary> table = {
      {"serve", "", "Echo until SIGTERM, SIGINT or SIGHUP, then drain. The default."},
      {"healthcheck", "", "Ask the server on this host for GET /healthz; for containers."},
      {"load", "HOST:PORT", "Put load on a TCP echo server: speed, latency, lost connections; checks every byte."},
      {"probe", "HOST:PORT", "Like ping, over a TCP echo server; checks every byte."},
      {"watch", "HOST:PORT...", "Watch connections day and night: which paths break, why, and for how long."},
      {"identity", "HOST:PORT", "Ask which servers a load balancer chooses, and which client address they see."},
      {"report", "FILE...", "Merge the JSON results of several runs of load into one."},
      {"compare", "", "Run every thread model under the same load, and show their differences in one table."},
      {"fault", "add|list|clear", "Make a server misbehave on demand; it must run with FAULTS=on."},
      {"completion", "bash|zsh|fish", "Print the script that completes commands and flags in a shell."},
      {"help", "[COMMAND]", "Print this, or the help of a command."},
      {"version", "", "Print the version."},
  };
  return table;
}

bool is_command(std::string_view name) {
  return std::ranges::find(command_summaries(), name, &CommandSummary::name) != command_summaries().end();
}

std::string unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  std::string list = "; commands: ";
  for (const CommandSummary& command : command_summaries()) {
    list.append(names.empty() ? "" : ", ").append(command.name);
    names.push_back(command.name);
  }
  const std::string meant = did_you_mean(name, names);
  return "unknown command " + text::in_quotes(name) + (meant.empty() ? list : meant);
}

}  // namespace threadecho::cli
