#pragma once

namespace threadecho::identity {

/// `threadecho identity`: argv[0] is "identity". Prints results to standard output, and errors before the start to
/// standard error; returns the exit status. Called by main, before it starts any thread.
int run_identity(int argc, const char* const* argv);

}  // namespace threadecho::identity
