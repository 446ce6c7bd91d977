#include "config/serve_arguments.h"

#include <algorithm>
#include <string_view>

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

// Where a command's meaning, and where a setting's default begins.
constexpr std::size_t kMeaningColumn = 20;
constexpr std::size_t kDefaultColumn = 44;

std::string padded(std::string text, std::size_t column) {
  text.resize(std::max(text.size() + 2, column), ' ');
  return text;
}

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
    options.push_back({.flag = flag_of(row.name), .value = "VALUE", .allowed = row.kind.allowed, .take = take});
  }
  return options;
}

ServeArguments parse_serve_arguments(int argc, const char* const* argv) {
  ServeArguments result;
  result.wants_version = cli::has_flag("--version", argc, argv);  // whatever else is wrong
  std::vector<cli::Option> options = setting_options(result.flags);
  options.push_back(cli::toggle("--version", result.wants_version, "print the version"));
  try {
    const cli::Arguments arguments = cli::parse(options, argc, argv);
    result.wants_help = arguments.wants_help;
    check_operands(arguments.operands);
  } catch (const cli::UsageError& error) {
    result.mistake = result.wants_help || result.wants_version ? "" : error.what();
  }
  return result;
}

std::string serve_help(std::size_t width) {
  std::string text(kUsage);
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    const std::string arguments = command.arguments.empty() ? "" : " " + std::string(command.arguments);
    text.append(padded("  " + std::string(command.name) + arguments, kMeaningColumn))
        .append(command.meaning)
        .append("\n");
  }
  text.append(kSettings);
  for (const SettingRow& row : settings_table()) {
    text.append("\n").append(padded("  " + flag_of(row.name) + ", " + std::string(row.name), kDefaultColumn));
    text.append("default: ").append(row.shown_default());
    text.append("\n      ").append(row.meaning).append("\n      allowed: ").append(row.kind.allowed).append("\n");
  }
  return cli::wrapped(text.append(kEnd), width);
}

}  // namespace threadecho::config
