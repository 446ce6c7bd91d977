#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "echo/context.h"
#include "echo/echo_thread.h"
#include "echo/thread_model.h"

namespace threadecho::echo {

/// The `per-connection` model: every connection has an OS thread of its own, which starts and ends with it.
///
/// Ended threads join each other in batches: a thread that ends leaves its job here, with its handle. Unless another
/// thread is joining already, it first joins all that left theirs before. So no thread has to be woken to join others,
/// at most one waits for a thread that is slow to end, and `join_all` joins the last.
class ThreadPerConnection final : public ThreadModel {
 public:
  explicit ThreadPerConnection(const EchoContext& context);
  ~ThreadPerConnection() override;

  /// Refuses with EAGAIN at a limit of tasks, or without memory for a stack.
  std::optional<Refused> serve(std::unique_ptr<Connection> connection) override;
  [[nodiscard]] bool can_start_thread() const override;
  void join_all() override;
  [[nodiscard]] std::uint64_t active_threads(const Totals& totals) const override { return totals.active; }

 private:
  struct Job {
    ThreadPerConnection& threads;
    std::unique_ptr<Connection> connection{};  ///< until it has closed
    pthread_t thread{};                        ///< once it has ended
    std::unique_ptr<Job> next{};               ///< that has ended too
  };

  static void* run(void* argument);
  void run_connection(std::unique_ptr<Connection> connection);
  void add_running(int change);
  void ended(std::unique_ptr<Job> job);
  static void join(std::unique_ptr<Job> ended_jobs);

  const EchoContext context_;
  const EchoThreadAttributes attributes_;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  // Guarded by mutex_:
  std::int64_t running_ = 0;
  std::unique_ptr<Job> unjoined_;
  bool joining_ = false;  ///< an ended thread joins others
};

}  // namespace threadecho::echo
