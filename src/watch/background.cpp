#include "watch/background.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "host/start_thread.h"

namespace threadecho::watch {

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void Background::post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() + running_ > threads_.size() && threads_.size() < most_) {
    try {
      threads_.push_back(host::start_thread(name_, [this] { run(); }));
    } catch (const std::system_error&) {
      // The threads that are there do it, or the next call creates one.
    }
  }
  changed_.notify_one();
}

void Background::finish_done() {
  done_.clear();
  std::vector<Finish> finishes;
  {
    const std::lock_guard lock(mutex_);
    finishes.swap(finishes_);
  }
  for (const Finish& finish : finishes) {
    finish();
  }
}

bool Background::is_busy() const {
  const std::lock_guard lock(mutex_);
  return running_ > 0;
}

void Background::run() {
  ::pthread_setname_np(::pthread_self(), name_);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stops_ || !tasks_.empty(); });
    if (stops_) {
      return;
    }
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    ++running_;
    lock.unlock();
    Finish finish = task();
    lock.lock();
    --running_;
    finishes_.push_back(std::move(finish));
    done_.notify();
  }
}

}  // namespace threadecho::watch
