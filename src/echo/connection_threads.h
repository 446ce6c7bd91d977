#pragma once

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

#include "echo/blocking_echo.h"
#include "echo/connection_table.h"

namespace threadecho::echo {

/// The `per-connection` model: every connection has an OS thread of its own, born and ended with it.
/// Owned by the server, which ends all connections before it drops this.
///
/// Every thread is joined, and by whom is the trick: each thread that ends leaves its handle here and joins the one
/// that left its handle before. So at most one ended thread is ever unjoined, nobody has to be woken to collect them,
/// and the last one is joined by `join_all`.
class ConnectionThreads {
 public:
  ConnectionThreads(ConnectionTable& table, const EchoContext& context);
  ~ConnectionThreads();
  ConnectionThreads(const ConnectionThreads&) = delete;
  ConnectionThreads& operator=(const ConnectionThreads&) = delete;

  /// Gives the connection, which is in the table, a thread. Only for the acceptor's thread. On failure (EAGAIN: a
  /// limit of tasks, or no memory for a stack) nothing has happened.
  std::error_code start(Connection& connection);
  /// Waits until every thread has ended, and joins them.
  void join_all();

 private:
  struct Job {
    ConnectionThreads& threads;
    Connection& connection;
  };

  static void* run(void* argument);
  void serve(Connection& connection);
  void ended(pthread_t self);

  ConnectionTable& table_;
  const EchoContext context_;
  pthread_attr_t attributes_{};

  std::mutex mutex_;
  std::condition_variable all_ended_;
  // Guarded by mutex_:
  std::uint64_t running_ = 0;
  std::optional<pthread_t> unjoined_;
};

}  // namespace threadecho::echo
