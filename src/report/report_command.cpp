#include "report/report_command.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_status.h"
#include "cli/options.h"
#include "client/failure.h"
#include "client/run_command.h"
#include "report/merged_runs.h"
#include "report/report_arguments.h"
#include "report/report_json.h"
#include "report/report_text.h"
#include "report/run_reader.h"
#include "text/escape.h"
#include "text/numbers.h"

namespace threadecho::report {
namespace {

/// Throws cli::UsageError.
RunsOfAFile runs_in(const std::string& path) {
  if (path == "-") {
    return read_runs(std::cin, "-");
  }
  errno = 0;
  std::ifstream file(path);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    if (errno != 0) {
      throw cli::UsageError("cannot read " + text::in_quotes(path) + ": " + client::errno_code(errno).message());
    }
  }
  return read_runs(file, path);
}

MergedRuns merged_runs(const ReportOptions& options) {
  std::vector<Run> runs;
  for (const std::string& path : options.files) {
    RunsOfAFile found = runs_in(path);
    if (found.other_lines > 0) {
      std::cerr << "threadecho report: " << path << ": left out " << text::count_of(found.other_lines, "line")
                << " without a result\n";
    }
    if (found.runs.empty()) {
      found.runs.push_back(missing_run(path));
    }
    std::move(found.runs.begin(), found.runs.end(), std::back_inserter(runs));
  }
  return merge(std::move(runs), options.allow_different_settings);
}

int run(const ReportOptions& options) {
  try {
    const MergedRuns merged = merged_runs(options);
    std::cout << (options.json ? report_json(merged) : report_text(merged, cli::output_width(), options.timestamps))
              << std::flush;
    return merged.is_clean ? cli::kDone : cli::kFailed;
  } catch (const client::Json::exception& error) {
    throw cli::UsageError(std::string("not a result of threadecho load --json: ") + error.what());
  }
}

}  // namespace

int run_report(int argc, const char* const* argv) {
  return client::run_command("report", argc, argv, [&] {
    const ReportOptions options = parse_report_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(report_manual(), cli::output_width());
      return cli::kDone;
    }
    return run(options);
  });
}

}  // namespace threadecho::report
