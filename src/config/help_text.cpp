#include "config/help_text.h"

#include <algorithm>

#include "cli/commands.h"
#include "config/settings_table.h"

namespace threadecho::config {
namespace {

constexpr std::string_view kUsage = R"(Usage: threadecho [serve] [--flag VALUE]...
       threadecho COMMAND [--flag VALUE]...
       threadecho COMMAND --help
       threadecho --help | --version

A TCP echo server that gives every client its own thread and shows what those threads do.

Commands:
)";

constexpr std::string_view kSettings = R"(
Settings of the server, each as a flag or as a variable of the environment or the .env file. A flag
counts before the environment, that before the .env file, that before the default. Empty variables
count as unset.
Durations: 250ms, 30s, 1h30m (units y w d h m s ms). Sizes: 64KiB, 1MiB, 2GiB, or plain bytes.
)";

constexpr std::string_view kEnd = R"(
Exit statuses of the server; other commands list theirs:
  0      done, or drained after SIGTERM, SIGINT or SIGHUP
  1      failed while running
  2      wrong settings or usage
  3      cannot bind to an address or port
  128+n  ended at once by signal n: SIGINT again after 1 s, or a third signal

Example:
  threadecho --port 7000 --idle-timeout 5m
)";

// Where the default begins; wide enough for the longest name and its flag.
constexpr std::size_t kDefaultColumn = 60;

// Where a command's meaning begins.
constexpr std::size_t kMeaningColumn = 20;

std::string describe(const cli::CommandSummary& command) {
  std::string text = "  " + std::string(command.name);
  if (!command.arguments.empty()) {
    text.append(" ").append(command.arguments);
  }
  text.resize(std::max(text.size() + 2, kMeaningColumn), ' ');
  return text.append(command.meaning).append("\n");
}

std::string describe(const SettingRow& row) {
  std::string text = "  " + flag_of(row.name) + ", " + std::string(row.name);
  text.resize(std::max(text.size() + 2, kDefaultColumn), ' ');
  text.append("default: ").append(row.shown_default());
  text.append("\n      ").append(row.meaning);
  text.append("\n      allowed: ").append(row.kind.allowed).append("\n");
  return text;
}

}  // namespace

std::string help_text() {
  std::string text(kUsage);
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    text.append(describe(command));
  }
  text.append(kSettings);
  for (const SettingRow& row : settings_table()) {
    text.append("\n").append(describe(row));
  }
  return text.append(kEnd);
}

}  // namespace threadecho::config
