#include "client/name_lookup.h"

#include <pthread.h>
#include <unistd.h>

#include <utility>

#include "host/start_thread.h"

namespace threadecho::client {

NameLookup::NameLookup(const Target& target)
    : NameLookup([target] { return resolve(target); },
                 net::Endpoint::parse(target.host, target.port) ? Calls::kReturnAtOnce : Calls::kMayBlock) {}

NameLookup::NameLookup(std::function<Resolution()> look_up, Calls calls)
    : look_up_(std::move(look_up)), is_immediate_(calls == Calls::kReturnAtOnce) {}

NameLookup::~NameLookup() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void NameLookup::ask() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_asked_, true)) {
      return;
    }
    if (!is_immediate_ && !thread_.joinable()) {
      thread_ = host::start_thread("cannot create a thread to look names up", [this] { run(); });
    }
  }
  if (is_immediate_) {
    look_up_now();
  } else {
    changed_.notify_one();
  }
}

bool NameLookup::has_answer(Clock::time_point since) const {
  // Acquire: answer() then returns this answer or a later one.
  const Clock::rep began = began_.load(std::memory_order_acquire);
  return began != 0 && began >= since.time_since_epoch().count();
}

Resolution NameLookup::answer() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

void NameLookup::run() {
  ::pthread_setname_np(::pthread_self(), "look-up");
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_asked_ || stops_; });
      if (stops_) {
        return;
      }
    }
    look_up_now();
  }
}

void NameLookup::look_up_now() {
  const auto began = Clock::now();
  Resolution answer = look_up_();
  {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    answer_.number = answers_.fetch_add(1, std::memory_order_acq_rel) + 1;
    is_asked_ = false;
    began_.store(began.time_since_epoch().count(), std::memory_order_release);
  }
  answered_.notify();
}

int NameLookup::end_with(int status) const {
  {
    const std::lock_guard lock(mutex_);
    if (!is_asked_) {
      return status;
    }
  }
  ::_exit(status);
}

}  // namespace threadecho::client
