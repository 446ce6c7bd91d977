#pragma once

namespace threadecho::watch {

/// `threadecho watch TARGET...`: from the arguments to the exit status. argv[0] is the command's name.
int run_watch(int argc, const char* const* argv);

}  // namespace threadecho::watch
