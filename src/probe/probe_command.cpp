#include "probe/probe_command.h"

#include <iostream>
#include <optional>
#include <string>

#include "cli/exit_status.h"
#include "client/name_lookup.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "probe/probe.h"
#include "probe/probe_arguments.h"
#include "probe/probe_report.h"

namespace threadecho::probe {
namespace {

/// Flushed, so that a line shows on a pipe when it happens.
void print_line(std::string_view line) { std::cout << line << std::endl; }

int run(const ProbeOptions& options, client::NameLookup& names) {
  client::SignalFd signals;
  const auto say_nothing = [](std::string_view) {};
  const ProbeResult result =
      probe(options, names, options.json ? PrintLine(say_nothing) : PrintLine(&print_line), &signals);
  if (options.json) {
    print_line(json_text(options, result));
  } else if (result.messages.sent() == 0 && result.failure && !result.half_close) {
    std::cerr << "threadecho probe: " << result.failure->text << '\n';
  } else {
    std::cout << '\n' << summary_text(options, result);
  }
  return result.exit_status();
}

}  // namespace

int run_probe(int argc, const char* const* argv) {
  std::optional<client::NameLookup> names;
  const int status = client::run_command("probe", argc, argv, [&] {
    const ProbeOptions options = parse_probe_arguments(argc, argv);
    if (options.help) {
      std::cout << probe_help(cli::output_width());
      return cli::kDone;
    }
    return run(options, names.emplace(options.target));
  });
  return names ? names->end_with(status) : status;
}

}  // namespace threadecho::probe
