#pragma once

#include "net/fd.h"

namespace threadecho::net {

/// Wakes a thread out of poll or epoll_wait: an eventfd. `notify` may be called from any thread, any number of times.
class Wakeup {
 public:
  /// Throws std::system_error without a descriptor.
  Wakeup();

  /// Readable once notified, until cleared.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  void notify() noexcept;
  void clear() noexcept;

 private:
  Fd fd_;
};

}  // namespace threadecho::net
