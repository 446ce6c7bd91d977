#pragma once

namespace threadecho::serve {

/// `threadecho [serve]`: argv[0] is the program. Serves until a stop signal has drained the server; prints what --help
/// and --version ask for. Returns the exit status.
int run_serve(int argc, const char* const* argv);

}  // namespace threadecho::serve
