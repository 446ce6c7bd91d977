#pragma once

#include <filesystem>
#include <vector>

#include "cli/manual.h"
#include "healthcheck/healthcheck.h"

namespace threadecho::healthcheck {

/// `threadecho healthcheck`: argv[0] is "healthcheck". Prints one line to standard output; returns 0 or 1, also for
/// wrong settings and wrong usage.
int run_healthcheck(int argc, const char* const* argv);

/// The result of the health check. `arguments` begins with the command's name; `proc` is where procfs is. Throws
/// SettingsError and UsageError.
Health health_of_server(const std::vector<const char*>& arguments, const std::filesystem::path& proc);

cli::Manual healthcheck_manual();

}  // namespace threadecho::healthcheck
