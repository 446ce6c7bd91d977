#include "commands/command_table.h"

#include <algorithm>
#include <array>

#include "commands/completion_command.h"
#include "commands/help_command.h"
#include "compare/compare_arguments.h"
#include "compare/compare_command.h"
#include "fault/fault_arguments.h"
#include "fault/fault_command.h"
#include "healthcheck/healthcheck_command.h"
#include "identity/identity_arguments.h"
#include "identity/identity_command.h"
#include "load/load_arguments.h"
#include "load/load_command.h"
#include "probe/probe_arguments.h"
#include "probe/probe_command.h"
#include "report/report_arguments.h"
#include "report/report_command.h"
#include "serve/serve_command.h"
#include "serve/serve_manual.h"
#include "watch/watch_arguments.h"
#include "watch/watch_command.h"

namespace threadecho::commands {
namespace {

constexpr std::array kCommands = {
    Command{"serve", &serve::run_serve, &serve::serve_manual},
    Command{"compare", &compare::run_compare, &compare::compare_manual},
    Command{"completion", &run_completion, &completion_manual},
    Command{"fault", &fault::run_fault, &fault::fault_manual},
    Command{"healthcheck", &healthcheck::run_healthcheck, &healthcheck::healthcheck_manual},
    Command{"help", &run_help, &help_manual},
    Command{"identity", &identity::run_identity, &identity::identity_manual},
    Command{"load", &load::run_load, &load::load_manual},
    Command{"probe", &probe::run_probe, &probe::probe_manual},
    Command{"report", &report::run_report, &report::report_manual},
    Command{"version", &run_version, &version_manual},
    Command{"watch", &watch::run_watch, &watch::watch_manual},
};

}  // namespace

std::span<const Command> command_table() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* const found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : found;
}

}  // namespace threadecho::commands
