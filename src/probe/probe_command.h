#pragma once

namespace threadecho::probe {

/// `threadecho probe`: argv[0] is "probe". Prints results to standard output, and errors before the start to standard
/// error; returns the exit status. Called by main, before it starts any thread.
int run_probe(int argc, const char* const* argv);

}  // namespace threadecho::probe
