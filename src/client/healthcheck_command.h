#pragma once

#include <string>

namespace threadecho::client {

/// `threadecho healthcheck`: argv[0] is "healthcheck". Prints one line to standard output; returns 0 or 1, also for
/// wrong settings and wrong usage.
int run_healthcheck(int argc, const char* const* argv);

std::string healthcheck_help();

}  // namespace threadecho::client
