#pragma once

#include <cstdint>
#include <memory>
#include <system_error>

#include "echo/connection.h"
#include "echo/context.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// How accepted connections come by a thread: all that sets the models of THREAD_MODEL apart for the rest of the
/// server. Owned by the server, which ends all connections before it joins the threads.
class ThreadModel {
 public:
  ThreadModel() = default;
  virtual ~ThreadModel() = default;
  ThreadModel(const ThreadModel&) = delete;
  ThreadModel& operator=(const ThreadModel&) = delete;

  /// Has the connection, which is in the table, served until its end. Only for the acceptor's thread. On failure, for
  /// want of memory too, nothing has happened; on success the connection may be gone already.
  virtual std::error_code serve(Connection& connection) = 0;
  /// Waits until no connection is left, then ends and joins every thread.
  virtual void join_all() = 0;
  /// Threads that serve at least one connection, while `totals` are what the table has just said. For any thread.
  [[nodiscard]] virtual std::uint64_t active_threads(const Totals& totals) const = 0;
};

/// The model that the settings ask for. Throws std::system_error when its threads cannot be had.
std::unique_ptr<ThreadModel> make_thread_model(const EchoContext& context);

}  // namespace threadecho::echo
