#include "healthcheck/healthcheck_command.h"

#include <chrono>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "cli/exit_status.h"
#include "cli/options.h"
#include "config/serve_arguments.h"
#include "config/settings_loader.h"
#include "healthcheck/main_process.h"
#include "host/environment.h"
#include "text/escape.h"

namespace threadecho::healthcheck {
namespace {

constexpr std::chrono::seconds kTimeInAll{2};

constexpr std::string_view kUsage = R"(Usage: threadecho healthcheck [--echo] [--flag VALUE]...

Asks the server on this host for GET /healthz, and prints the result in one line. Takes the same
settings as the server, from the same flags, variables and .env file (see threadecho --help). It
uses PORT, BIND_ADDRESS, HTTP_PORT and HTTP_BIND_ADDRESS. A server that is bound to all addresses
(:: or 0.0.0.0) is asked on 127.0.0.1. It needs no shell, so it can be a container's HEALTHCHECK.

In a container it also takes the flags of the main process: process 1, or its only child under an
init. Flags of its own win. If the main process is load or probe, which serve nothing, and this
command has no flags but --echo, the container is healthy while the process runs.

)";

constexpr std::string_view kEnd = R"(
Exit statuses:
  0      healthy
  1      not healthy, no answer within 2 seconds in all, wrong settings, or wrong usage

Example:
  HEALTHCHECK CMD ["threadecho", "healthcheck"]
)";

cli::Option echo_option(bool& with_echo) {
  return cli::toggle(
      "--echo", with_echo,
      "also echo one message over PORT. Not for liveness: a full server refuses clients, and must not be "
      "restarted.");
}

/// Joins the lines of several problems, because an orchestrator shows one line best.
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
  config::Flags flags;
  bool with_echo = false;
  std::vector<cli::Option> options = config::setting_options(flags);
  options.push_back(echo_option(with_echo));
  const auto operands = cli::parse(options, static_cast<int>(arguments.size()), arguments.data()).operands;
  if (!operands.empty() && operands != std::vector<std::string>{"serve"}) {  // copied from the server's arguments
    throw cli::UsageError("unexpected argument " + text::in_quotes(operands.back()));
  }
  if (auto main = main_process(proc)) {
    if (main->command != "serve" && flags.empty()) {
      return {.is_good = true, .reason = "the main process is threadecho " + main->command + ", which serves nothing"};
    }
    flags.merge(main->flags);  // keeps those that are there
  }
  // No congestion controls: only a listener needs them.
  const config::Configuration configuration = config::load(
      {.flags = flags, .environment = host::process_environment(), .directory = ".", .allowed_congestion_control = {}});
  return check_health(configuration.settings, with_echo, deadline);
}

cli::Manual healthcheck_manual() {
  bool with_echo = false;
  config::Flags flags;
  return {.before = std::string(kUsage),
          .options = cli::for_manual({echo_option(with_echo)}),
          .after = std::string(kEnd),
          .other_options = cli::for_manual(config::setting_options(flags))};
}

int run_healthcheck(int argc, const char* const* argv) {
  const std::vector<const char*> arguments(argv, argv + argc);
  if (cli::has_flag("--help", argc, argv) || cli::has_flag("-h", argc, argv)) {
    std::cout << cli::help_text(healthcheck_manual(), cli::output_width()) << std::flush;
    return cli::kDone;
  }
  Health health;
  try {
    health = health_of_server(arguments, "/proc");
  } catch (const cli::UsageError& error) {
    health.reason = std::string(error.what()) + " (see threadecho healthcheck --help)";
  } catch (const std::exception& error) {
    health.reason = error.what();
  }
  std::cout << (health.is_good ? "healthy: " : "unhealthy: ") << on_one_line(health.reason) << std::endl;
  return health.is_good ? cli::kDone : cli::kFailed;
}

}  // namespace threadecho::healthcheck
