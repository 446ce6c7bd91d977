#include "client/healthcheck_command.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "client/healthcheck.h"
#include "config/command_line.h"
#include "config/exit_status.h"
#include "config/load.h"

namespace threadecho::client {
namespace {

constexpr std::chrono::seconds kTimeInAll{2};

constexpr std::string_view kHelp = R"(Usage: threadecho healthcheck [--echo] [--flag VALUE]...

Asks the server on this host for GET /healthz, and says in one line what came of it. Takes the same
settings as the server, from the same flags, variables and .env file (see threadecho --help): of these
PORT, BIND_ADDRESS, HTTP_PORT and HTTP_BIND_ADDRESS count. A server that is bound to all addresses
(:: or 0.0.0.0) is asked on 127.0.0.1. It needs no shell, so it can be a container's HEALTHCHECK.

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

Health check(const std::vector<const char*>& arguments, bool with_echo) {
  const config::CommandLine line =
      config::parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "threadecho");
  if (line.exit) {
    return {.is_good = false, .reason = line.exit->text};
  }
  const auto deadline = std::chrono::steady_clock::now() + kTimeInAll;
  // No congestion controls: those are for whoever listens.
  const config::Configuration configuration = config::load({.flags = line.flags,
                                                            .environment = config::process_environment(),
                                                            .directory = ".",
                                                            .allowed_congestion_control = {}});
  return check_health(configuration.settings, with_echo, deadline);
}

}  // namespace

std::string healthcheck_help() { return std::string(kHelp); }

int run_healthcheck(int argc, const char* const* argv) {
  std::vector<const char*> arguments(argv, argv + argc);
  const auto is = [](std::string_view wanted) { return [wanted](const char* argument) { return argument == wanted; }; };
  if (std::any_of(arguments.begin(), arguments.end(), is("--help")) ||
      std::any_of(arguments.begin(), arguments.end(), is("-h"))) {
    std::cout << healthcheck_help() << std::flush;
    return config::kDone;
  }
  const bool with_echo = std::erase_if(arguments, is("--echo")) > 0;
  Health health;
  try {
    health = check(arguments, with_echo);
  } catch (const std::exception& error) {
    health.reason = error.what();
  }
  std::cout << (health.is_good ? "healthy: " : "unhealthy: ") << on_one_line(health.reason) << std::endl;
  return health.is_good ? config::kDone : config::kFailed;
}

}  // namespace threadecho::client
