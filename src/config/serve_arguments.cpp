#include "config/serve_arguments.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/commands.h"
#include "config/settings_table.h"
#include "text/escape.h"

namespace threadecho::config {
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

cli::Option version_option(bool& wants_version) { return cli::toggle("--version", wants_version, "print the version"); }

void check_operands(const std::vector<std::string>& operands) {
  for (std::size_t i = operands.empty() || operands.front() != "serve" ? 0 : 1; i < operands.size(); ++i) {
    if (i > 0) {
      throw cli::UsageError("unexpected argument " + text::in_quotes(operands[i]) + "; serve takes only flags");
    }
    throw cli::UsageError(cli::is_command(operands[i])
                              ? "the command " + operands[i] + " must come first, before all flags"
                              : cli::unknown_command(operands[i]));
  }
}

}  // namespace

std::vector<cli::Option> setting_options(Flags& flags) {
  std::vector<cli::Option> options;
  for (const SettingRow& row : settings_table()) {
    const auto take = [&flags, name = std::string(row.name)](std::string_view text) -> std::optional<std::string> {
      flags[name] = text;
      return std::nullopt;
    };
    options.push_back({.flag = flag_of(row.name),
                       .value = "VALUE",
                       .default_text = std::string(row.shown_default()),
                       .meaning = std::string(row.meaning),
                       .allowed = row.kind.allowed,
                       .take = take,
                       .candidates = row.kind.candidates,
                       .variable = std::string(row.name)});
  }
  return options;
}

ServeArguments parse_serve_arguments(int argc, const char* const* argv) {
  ServeArguments result;
  result.wants_version = cli::has_flag("--version", argc, argv);  // whatever else is wrong
  std::vector<cli::Option> options = setting_options(result.flags);
  options.push_back(version_option(result.wants_version));
  try {
    const cli::Arguments arguments = cli::parse(options, argc, argv);
    result.wants_help = arguments.wants_help;
    check_operands(arguments.operands);
  } catch (const cli::UsageError& error) {
    result.mistake = result.wants_help || result.wants_version ? "" : error.what();
  }
  return result;
}

cli::Manual serve_manual() {
  std::string before(kUsage);
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    std::string name = "  " + std::string(command.name) + (command.arguments.empty() ? "" : " ");
    name.append(command.arguments).resize(std::max(name.size() + 2, kMeaningColumn), ' ');
    before.append(name).append(command.meaning).append("\n");
  }
  Flags flags;
  bool wants_version = false;
  std::vector<cli::Option> options = setting_options(flags);
  options.push_back(version_option(wants_version));
  options.back().heading = "Other flags";
  return {
      .before = before.append(kSettings), .options = cli::for_manual(std::move(options)), .after = std::string(kEnd)};
}

}  // namespace threadecho::config
