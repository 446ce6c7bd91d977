#include "probe/probe_command.h"

#include <iostream>
#include <string>

#include "cli/exit_status.h"
#include "cli/run_command.h"
#include "client/connector.h"
#include "client/signal_fd.h"
#include "probe/probe.h"
#include "probe/probe_arguments.h"
#include "probe/probe_report.h"

namespace threadecho::probe {
namespace {

std::string begin_line(const ProbeOptions& options, const std::vector<net::Endpoint>& addresses) {
  std::string line = "PROBE " + options.target.to_string();
  std::string separator = " (";
  for (const net::Endpoint& address : addresses) {
    line.append(separator).append(address.to_string());
    separator = ", ";
  }
  return line.append("), ").append(std::to_string(options.size)).append(" bytes a message");
}

/// Flushed, so that a line shows on a pipe when it happens.
void print_line(std::string_view line) { std::cout << line << std::endl; }

ProbeResult look_up_and_probe(const ProbeOptions& options) {
  const client::Resolution resolution = client::resolve(options.target);
  if (resolution.endpoints.empty()) {
    ProbeResult result;
    result.failure = client::name_failure(options.target.host, resolution.reason);
    return result;
  }
  if (!options.json) {
    print_line(begin_line(options, resolution.endpoints));
  }
  // From here on, not before: a look-up could not be interrupted with the signals blocked.
  client::SignalFd signals;
  const auto say_nothing = [](std::string_view) {};
  return probe(options, resolution.endpoints, options.json ? PrintLine(say_nothing) : PrintLine(&print_line), &signals);
}

int run(const ProbeOptions& options) {
  const ProbeResult result = look_up_and_probe(options);
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
  return cli::run_command("probe", [&] {
    const ProbeOptions options = parse_probe_arguments(argc, argv);
    if (options.help) {
      std::cout << probe_help(cli::output_width());
      return cli::kDone;
    }
    return run(options);
  });
}

}  // namespace threadecho::probe
