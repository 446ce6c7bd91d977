#pragma once

namespace threadecho::fault {

/// `threadecho fault`; argv[0] is the command's name. Returns the exit status.
int run_fault(int argc, const char* const* argv);

}  // namespace threadecho::fault
