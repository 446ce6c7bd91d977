#include "net/fd.h"

#include <unistd.h>

namespace threadecho::net {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

Fd::~Fd() { reset(); }

void Fd::reset() noexcept {
  if (fd_ >= 0) {
    // On Linux the descriptor is gone whatever close() returns, close(2): a retry could close a new one of the same
    // number.
    ::close(fd_);
    fd_ = -1;
  }
}

}  // namespace threadecho::net
