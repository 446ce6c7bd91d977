#include "host/parent_process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace threadecho::host {

void end_with_parent() {
  const char* const parent = std::getenv(kParentVariable.data());  // NOLINT(concurrency-mt-unsafe): no threads yet
  if (parent == nullptr) {
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::to_string(::getppid()) != parent) {
    static_cast<void>(std::raise(SIGKILL));
  }
}

}  // namespace threadecho::host
