#include "host/standard_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include "net/fd.h"

namespace threadecho::host {

void occupy_standard_descriptors() {
  net::Fd spare;
  do {
    static_cast<void>(spare.release());
    spare = net::Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  } while (spare && spare.get() <= STDERR_FILENO);
}

}  // namespace threadecho::host
