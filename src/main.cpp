#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/run_command.h"
#include "compare/compare_command.h"
#include "fault/fault_command.h"
#include "healthcheck/healthcheck_command.h"
#include "host/parent_process.h"
#include "host/standard_descriptors.h"
#include "identity/identity_command.h"
#include "load/load_command.h"
#include "log/options.h"
#include "probe/probe_command.h"
#include "report/report_command.h"
#include "serve/serve_command.h"
#include "serve/start_failure.h"
#include "text/escape.h"
#include "watch/watch_command.h"

namespace threadecho {
namespace {

int run_help(int argc, const char* const* argv);
int run_version(int argc, const char* const* argv);

/// Commands beside `serve`. They read their own arguments; argv[0] is their name.
struct Command {
  std::string_view name;
  int (*run)(int argc, const char* const* argv);
};
constexpr std::array kCommands = {
    Command{"compare", &compare::run_compare},
    Command{"fault", &fault::run_fault},
    Command{"healthcheck", &healthcheck::run_healthcheck},
    Command{"help", &run_help},
    Command{"identity", &identity::run_identity},
    Command{"load", &load::run_load},
    Command{"probe", &probe::run_probe},
    Command{"report", &report::run_report},
    Command{"version", &run_version},
    Command{"watch", &watch::run_watch},
};

const Command* find_command(std::string_view name) {
  const auto* const found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : found;
}

/// Arguments of a command without flags, with at most so many operands.
cli::Arguments parse(int argc, const char* const* argv, std::size_t most) {
  cli::Arguments arguments = cli::parse({}, argc, argv);
  if (arguments.operands.size() > most) {
    throw cli::UsageError("unexpected argument " + text::in_quotes(arguments.operands[most]));
  }
  return arguments;
}

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

int run_version(int argc, const char* const* argv) {
  return cli::run_command("version", [&] {
    const std::array arguments = {"threadecho", parse(argc, argv, 0).wants_help ? "--help" : "--version"};
    return serve::run_serve(2, arguments.data());
  });
}

int run(int argc, const char* const* argv) {
  host::end_with_parent();
  const Command* const command = argc > 1 ? find_command(argv[1]) : nullptr;
  if (command == nullptr) {
    return serve::run_serve(argc, argv);
  }
  host::occupy_standard_descriptors();
  return command->run(argc - 1, argv + 1);
}

}  // namespace
}  // namespace threadecho

int main(int argc, char** argv) {
  try {
    return threadecho::run(argc, argv);
  } catch (const std::exception& error) {
    return threadecho::serve::report_start_failure(error, threadecho::log::LogFormat::kText);
  }
}
