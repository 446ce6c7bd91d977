#include "commands/help_command.h"

#include <array>
#include <cstddef>
#include <string>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/run_command.h"
#include "commands/command_table.h"
#include "serve/serve_command.h"
#include "text/escape.h"

namespace threadecho::commands {
namespace {

/// Arguments of a command without flags, with at most `most` operands.
cli::Arguments parse(int argc, const char* const* argv, std::size_t most) {
  cli::Arguments arguments = cli::parse({}, argc, argv);
  if (arguments.operands.size() > most) {
    throw cli::UsageError("unexpected argument " + text::in_quotes(arguments.operands[most]));
  }
  return arguments;
}

}  // namespace

int run_help(int argc, const char* const* argv) {
  return cli::run_command("help", [&] {
    const auto operands = parse(argc, argv, 1).operands;
    const std::string topic = operands.empty() ? "serve" : operands.front();
    if (!cli::is_command(topic)) {
      throw cli::UsageError(cli::unknown_command(topic));
    }
    const Command* const command = find_command(topic);
    const std::array arguments = {"threadecho", "--help"};
    const bool has_help = command != nullptr && command->run != &run_help && command->run != &run_version;
    return has_help ? command->run(2, arguments.data()) : serve::run_serve(2, arguments.data());
  });
}

cli::Manual help_manual() {
  return {.before =
              "Usage: threadecho help [COMMAND]\n\n"
              "Prints the help of a command; without one, that of the server and the list of all commands.\n",
          .options = {}};
}

int run_version(int argc, const char* const* argv) {
  return cli::run_command("version", [&] {
    const std::array arguments = {"threadecho", parse(argc, argv, 0).wants_help ? "--help" : "--version"};
    return serve::run_serve(2, arguments.data());
  });
}

cli::Manual version_manual() {
  return {.before =
              "Usage: threadecho version\n\n"
              "Prints the version, the revision of the sources, and the compiler, on one line.\n",
          .options = {}};
}

}  // namespace threadecho::commands
