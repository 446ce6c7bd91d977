#include "report/report_arguments.h"

#include "cli/options.h"

namespace threadecho::report {
namespace {

std::vector<cli::Option> options(ReportOptions& result) {
  return {
      cli::toggle("--allow-different-settings", result.allow_different_settings,
                  "merge results of different settings or targets too"),
      cli::toggle("--json", result.json, "print the report as one line of JSON"),
      cli::toggle("--timestamps", result.timestamps,
                  "print the time of each loss in UTC, instead of the time since the first start"),
  };
}

constexpr const char* kUsage = R"(Usage: threadecho report [--flag]... FILE...

Merges the results that `threadecho load --json` printed on several machines: sums, percentiles of
all latencies together, errors, outages, and a row for each run. A file may hold several results, one a
line; lines that are not JSON are ignored, and so are those of --report-interval. A file without a
result, or with broken JSON, counts as a failed run. FILE - is standard input. Results with different
settings are refused; threads, sources and start time may differ. The table names each run by its host
if every run is from another host, else by its file.

)";

constexpr const char* kEnd = R"(
Exit statuses:
  0      in every run each connection stood, every byte was right
  1      in a run a connection was refused or lost or a byte was wrong, a run failed, or there is no result; with --json the JSON then has an `error`
  2      wrong usage, a file that cannot be read, or results that do not belong together

JSON: type (report or error), runs, failed_runs, target, settings, different_settings [{name, values}],
started_at, start_spread_seconds,
clean, error {kind, message} or null, ended_early, measured_seconds (of the longest run), messages,
messages_per_second and bytes_per_second (the sums of the runs' rates), missed_messages,
connections_opened, connections_proved, latency, connect, errors_total, errors, outages,
reconnects_failed, look_ups_failed as in the result of `load`; incidents, each with its source;
sources [{source, hostname, address, started_at, clean, error, ended_early, measured_seconds, messages, messages_per_second, missed_messages,
errors_total, latency without histogram}].

Examples:
  threadecho report one.json two.json
  kubectl logs -l job-name=threadecho-load --tail=-1 | threadecho report -
)";

}  // namespace

ReportOptions parse_report_arguments(int argc, const char* const* argv) {
  ReportOptions result;
  cli::Arguments arguments = cli::parse(options(result), argc, argv);
  result.help = arguments.wants_help;
  result.files = std::move(arguments.operands);
  if (!result.help && result.files.empty()) {
    throw cli::UsageError("FILE is missing; - is standard input");
  }
  return result;
}

cli::Manual report_manual() {
  ReportOptions defaults;
  return {.before = std::string(kUsage), .options = cli::for_manual(options(defaults)), .after = std::string(kEnd)};
}

}  // namespace threadecho::report
