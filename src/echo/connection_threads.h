#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <system_error>

#include "echo/context.h"
#include "echo/echo_thread.h"
#include "echo/thread_model.h"

namespace threadecho::echo {

/// The `per-connection` model: every connection has an OS thread of its own, born and ended with it.
///
/// Every thread is joined, and by whom is the trick: each thread that ends leaves its handle here and joins the one
/// that left its handle before. So at most one ended thread is ever unjoined, nobody has to be woken to collect them,
/// and the last one is joined by `join_all`.
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
  };

  static void* run(void* argument);
  void run_connection(Connection& connection);
  void ended(pthread_t self);

  const EchoContext context_;
  const EchoThreadAttributes attributes_;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  // Guarded by mutex_:
  std::uint64_t running_ = 0;
  std::optional<pthread_t> unjoined_;
};

}  // namespace threadecho::echo
