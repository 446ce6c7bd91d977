#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "net/wakeup.h"

namespace threadecho::watch {

/// Does what may block (looking names up, asking over HTTP) on threads of its own, and hands the results to the thread
/// of the event loop. Any thread may call post(); the others belong to the loop.
class Background {
 public:
  /// Done on the loop's thread, by finish_done().
  using Finish = std::function<void()>;
  /// Done on another thread.
  using Task = std::function<Finish()>;

  /// `name` is that of the threads, which are created when there is work for them: at most `most`.
  Background(const char* name, std::size_t most) : name_(name), most_(most) {}
  /// Waits for tasks that run; drops those that wait.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Never waits. Without a thread for it, which is tried again with the next task, the task waits.
  void post(Task task);
  /// Readable once something is done, until finish_done().
  [[nodiscard]] int fd() const noexcept { return done_.fd(); }
  void finish_done();
  /// Whether a task runs, which the destructor would wait for.
  [[nodiscard]] bool is_busy() const;

 private:
  void run();

  const char* name_;
  std::size_t most_;
  net::Wakeup done_;
  mutable std::mutex mutex_;  ///< protects the members below
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::vector<Finish> finishes_;
  std::size_t running_ = 0;
  bool stops_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace threadecho::watch
