#include "probe/probe_command.h"

#include <iostream>
#include <optional>
#include <string>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "client/name_lookup.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "probe/probe.h"
#include "probe/probe_arguments.h"
#include "probe/probe_lines.h"
#include "probe/probe_report.h"
#include "text/timestamps.h"

namespace threadecho::probe {
namespace {

using WallTime = ProbeLines::WallTime;

/// Flushed, so that a line shows on a pipe when it happens.
void print_line(std::string_view line) { std::cout << line << std::endl; }

PrintLine line_printer(const ProbeOptions& options) {
  if (options.json || options.quiet) {
    return [](std::string_view, Line, WallTime) {};
  }
  return [timestamps = options.timestamps, red = cli::has_colours()](std::string_view line, Line kind, WallTime at) {
    std::string text = timestamps ? text::format_timestamp(at) + ' ' : std::string();
    text = cli::fitted(text.append(line), cli::output_width());
    const bool is_red = red && kind == Line::kFailure;
    std::cout << (is_red ? "\033[31m" : "") << text << (is_red ? "\033[0m" : "") << std::flush;
  };
}

int run(const ProbeOptions& options, client::NameLookup& names) {
  client::SignalFd signals;
  const ProbeResult result = probe(options, names, line_printer(options), &signals);
  if (options.json) {
    print_line(json_text(options, result));
  } else if (result.messages.sent() == 0 && result.failure && !result.half_close) {
    std::cerr << "threadecho probe: " << result.failure->text << '\n';
  } else {
    const std::size_t width = cli::output_width();
    std::cout << (options.quiet ? "" : "\n") << cli::fitted(summary_text(options, result, width), width);
  }
  return result.exit_status();
}

}  // namespace

int run_probe(int argc, const char* const* argv) {
  std::optional<client::NameLookup> names;
  const int status = client::run_command("probe", argc, argv, [&] {
    const ProbeOptions options = parse_probe_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(probe_manual(), cli::output_width());
      return cli::kDone;
    }
    return run(options, names.emplace(options.target));
  });
  return names ? names->end_with(status) : status;
}

}  // namespace threadecho::probe
