#pragma once

namespace threadecho::load {

/// `threadecho load`, with the command's name as argv[0]. Call it from main's thread, before any other is
/// started. Returns the exit status: 0 clean, 1 when a connection was refused or lost or a byte was wrong, 2 for wrong
/// arguments.
int run_load(int argc, const char* const* argv);

}  // namespace threadecho::load
