#pragma once

namespace threadecho::compare {

/// `threadecho compare`. argv[0] is the command's name. Returns the exit status.
int run_compare(int argc, const char* const* argv);

}  // namespace threadecho::compare
