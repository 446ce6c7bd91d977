#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/manual.h"

namespace threadecho::report {

/// The settings of `threadecho report`.
struct ReportOptions {
  std::vector<std::string> files;  ///< "-" is standard input
  bool allow_different_settings = false;
  bool json = false;
  bool timestamps = false;
  bool help = false;  ///< nothing else counts then
};

/// argv[0] is the command's name. Throws cli::UsageError.
ReportOptions parse_report_arguments(int argc, const char* const* argv);

cli::Manual report_manual();

}  // namespace threadecho::report
