#pragma once

namespace threadecho::report {

/// `threadecho report`; argv[0] is the command's name. Returns the exit status.
int run_report(int argc, const char* const* argv);

}  // namespace threadecho::report
