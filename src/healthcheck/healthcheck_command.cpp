#include "healthcheck/healthcheck_command.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "cli/exit_status.h"
#include "config/command_line.h"
#include "config/load.h"
#include "healthcheck/main_process.h"
#include "host/environment.h"

namespace threadecho::healthcheck {
namespace {

constexpr std::chrono::seconds kTimeInAll{2};

constexpr std::string_view kHelp = R"(Usage: threadecho healthcheck [--echo] [--flag VALUE]...

Asks the server on this host for GET /healthz, and says in one line what came of it. Takes the same
settings as the server, from the same flags, variables and .env file (see threadecho --help): of these
PORT, BIND_ADDRESS, HTTP_PORT and HTTP_BIND_ADDRESS count. A server that is bound to all addresses
(:: or 0.0.0.0) is asked on 127.0.0.1. It needs no shell, so it can be a container's HEALTHCHECK.

In a container it also takes the flags of the main process: process 1, or its only child under an
init. Flags of its own win. If the main process is load or probe, which serve nothing, and this
command has no flags but --echo, the container is healthy while the process runs.

  --echo   also have one message echoed over PORT. Not for liveness: a server that is full refuses
           clients, and must not be restarted for it.
  --help   print this

Exit statuses:
  0      healthy
  1      not healthy, no answer within 2 seconds in all, wrong settings, or wrong usage

Example:
  HEALTHCHECK CMD ["threadecho", "healthcheck"]
)";

/// Several problems are several lines; an orchestrator shows them best as one.
std::string on_one_line(std::string text) {
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "; ");
  }
  return text;
}

}  // namespace

Health health_of_server(const std::vector<const char*>& arguments, const std::filesystem::path& proc) {
  const auto deadline = std::chrono::steady_clock::now() + kTimeInAll;
  std::vector<const char*> flags = arguments;
  const bool with_echo = std::erase_if(flags, [](std::string_view argument) { return argument == "--echo"; }) > 0;
  config::CommandLine line = config::parse_command_line(static_cast<int>(flags.size()), flags.data(), "threadecho");
  if (line.exit) {
    return {.is_good = false, .reason = line.exit->text};
  }
  if (auto main = main_process(proc)) {
    if (main->command != "serve" && line.flags.empty()) {
      return {.is_good = true, .reason = "the main process is threadecho " + main->command + ", which serves nothing"};
    }
    line.flags.merge(main->flags);  // keeps those that are there
  }
  // No congestion controls: only a listener needs them.
  const config::Configuration configuration = config::load({.flags = line.flags,
                                                            .environment = host::process_environment(),
                                                            .directory = ".",
                                                            .allowed_congestion_control = {}});
  return check_health(configuration.settings, with_echo, deadline);
}

std::string healthcheck_help() { return std::string(kHelp); }

int run_healthcheck(int argc, const char* const* argv) {
  const std::vector<const char*> arguments(argv, argv + argc);
  const auto asks_for_help = [](std::string_view argument) { return argument == "--help" || argument == "-h"; };
  if (std::any_of(arguments.begin(), arguments.end(), asks_for_help)) {
    std::cout << healthcheck_help() << std::flush;
    return cli::kDone;
  }
  Health health;
  try {
    health = health_of_server(arguments, "/proc");
  } catch (const std::exception& error) {
    health.reason = error.what();
  }
  std::cout << (health.is_good ? "healthy: " : "unhealthy: ") << on_one_line(health.reason) << std::endl;
  return health.is_good ? cli::kDone : cli::kFailed;
}

}  // namespace threadecho::healthcheck
