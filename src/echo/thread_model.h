#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "echo/connection.h"
#include "echo/context.h"
#include "echo/refused_clients.h"
#include "echo/totals.h"

namespace threadecho::echo {

/// Gives each connection a thread: the only difference between the models of THREAD_MODEL for the rest of the server.
/// Owned by the server, which ends all connections before it joins the threads.
class ThreadModel {
 public:
  ThreadModel() = default;
  virtual ~ThreadModel() = default;
  ThreadModel(const ThreadModel&) = delete;
  ThreadModel& operator=(const ThreadModel&) = delete;

  /// Serves the connection, which is in the registry, until its end. Only for the acceptor's thread, which never waits:
  /// if all threads are busy, the connection waits. Returns the client if no thread can take it, or without memory, so
  /// that every client is either served or refused.
  virtual std::optional<Refused> serve(std::unique_ptr<Connection> connection) = 0;
  /// Whether the system can create a thread for one more connection now: starts a thread that ends at once. Only for
  /// the acceptor's thread. Always true where connections share threads.
  [[nodiscard]] virtual bool can_start_thread() const { return true; }
  /// Every connection has been ended from outside. Those that no thread serves yet end too. For any thread.
  virtual void connections_ended() noexcept {}
  /// A fault has begun or ended. For any thread. Threads that serve one connection each need no call: they wait in
  /// FaultTable::wait, which returns then.
  virtual void faults_changed() noexcept {}
  /// Waits until no connection is left, then ends and joins every thread.
  virtual void join_all() = 0;
  /// How many threads serve at least one connection. `totals` are what the registry has just returned. For any thread.
  [[nodiscard]] virtual std::uint64_t active_threads(const Totals& totals) const = 0;
  /// The thread ids, as of gettid(2), of the threads that live without connections too. None if each thread begins and
  /// ends with its connection. For any thread.
  [[nodiscard]] virtual std::vector<std::uint32_t> pool_thread_ids() const { return {}; }
};

/// The refusal of a connection that no thread can take because of `error`.
Refused refuse_without_thread(std::unique_ptr<Connection> connection, const std::error_code& error);

/// The model that the settings ask for. Throws std::system_error if its threads cannot be created.
std::unique_ptr<ThreadModel> make_thread_model(const EchoContext& context);

}  // namespace threadecho::echo
