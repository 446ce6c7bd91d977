#include "host/standard_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace threadecho::host {

void occupy_standard_descriptors() {
  // In this order, because open(2) takes the lowest free number: it returns the one that is missing.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) {
      const int access = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;
      [[maybe_unused]] const int opened = ::open("/dev/null", access | O_CLOEXEC);
    }
  }
}

}  // namespace threadecho::host
