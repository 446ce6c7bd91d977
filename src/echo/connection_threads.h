#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <system_error>

#include "echo/context.h"
#include "echo/echo_thread.h"
#include "echo/thread_model.h"

namespace threadecho::echo {

/// The `per-connection` model: every connection has an OS thread of its own, born and ended with it.
///
/// Every thread is joined, and by whom is the trick: a thread that ends leaves its job here, with its handle, and joins
/// those that left theirs before; unless somebody is joining already, who then joins this one too. So nobody has to be
/// woken to collect them, nobody but one waits for a thread that is slow to end, and `join_all` joins the last.
class ConnectionThreads final : public ThreadModel {
 public:
  explicit ConnectionThreads(const EchoContext& context);
  ~ConnectionThreads() override;

  /// Fails with EAGAIN at a limit of tasks, or without memory for a stack.
  std::error_code serve(Connection& connection) override;
  void join_all() override;
  [[nodiscard]] std::uint64_t active_threads(const Totals& totals) const override { return totals.active; }

 private:
  struct Job {
    ConnectionThreads& threads;
    Connection& connection;
    pthread_t thread{};           ///< once it has ended
    std::unique_ptr<Job> next{};  ///< that has ended too
  };

  static void* run(void* argument);
  void run_connection(Connection& connection);
  void ended(std::unique_ptr<Job> job);
  static void join(std::unique_ptr<Job> ended_jobs);

  const EchoContext context_;
  const EchoThreadAttributes attributes_;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  // Guarded by mutex_:
  std::uint64_t running_ = 0;
  std::unique_ptr<Job> unjoined_;
  bool joining_ = false;  ///< an ended thread joins others
};

}  // namespace threadecho::echo
