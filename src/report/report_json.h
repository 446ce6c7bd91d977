#pragma once

#include <string>

#include "report/merged_runs.h"

namespace threadecho::report {

/// One line of JSON with its end; report_manual() lists the members.
std::string report_json(const MergedRuns& merged);

}  // namespace threadecho::report
