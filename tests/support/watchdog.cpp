#include "support/watchdog.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "support/eventually.h"

namespace threadecho::test {

Watchdog::Watchdog(std::string problem) : problem_(std::move(problem)), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [this] { return over_; })) {
    std::cerr << problem_ << " within " << kPatience.count() << " s\n";
    std::abort();
  }
}

}  // namespace threadecho::test
