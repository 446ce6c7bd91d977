#include "serve/serve_manual.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "config/serve_arguments.h"

namespace threadecho::serve {
namespace {

constexpr std::string_view kUsage = R"(Usage: threadecho [serve] [--flag VALUE]...
       threadecho COMMAND [--flag VALUE]...
       threadecho help [COMMAND]
       threadecho --help | --version

A TCP echo server that gives every client its own thread and shows what those threads do.

Commands:
)";

constexpr std::string_view kSettings = R"(
Settings of the server, each as a flag or as a variable of the environment or the .env file.
Precedence: flag, environment, .env file, default. An empty variable counts as unset.

Durations: 250ms, 30s, 5min, 1h30m (units y w d h m s ms; min is m). Sizes: 64KiB, 1MiB, 2GiB, or plain bytes;
64k, 64K and 64KB mean 64KiB.
)";

constexpr std::string_view kEnd = R"(
Exit statuses of the server; the help of other commands lists theirs:
  0      done, or drained after SIGTERM, SIGINT or SIGHUP
  1      failed while running
  2      wrong settings or usage
  3      cannot bind to an address or port
  128+n  ended at once by signal n: SIGINT again after 1 s, or a third signal

Example:
  threadecho --port 7000 --idle-timeout 5m
)";

constexpr std::size_t kMeaningColumn = 20;

}  // namespace

cli::Manual serve_manual() {
  std::string before(kUsage);
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    std::string name = "  " + std::string(command.name) + (command.arguments.empty() ? "" : " ");
    name.append(command.arguments).resize(std::max(name.size() + 2, kMeaningColumn), ' ');
    before.append(name).append(command.meaning).append("\n");
  }
  config::Flags flags;
  bool wants_version = false;
  std::vector<cli::Option> options = config::setting_options(flags);
  options.push_back(config::version_option(wants_version));
  options.back().heading = "Other flags";
  return {
      .before = before.append(kSettings), .options = cli::for_manual(std::move(options)), .after = std::string(kEnd)};
}

}  // namespace threadecho::serve
