#pragma once

#include <pthread.h>

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "echo/context.h"
#include "echo/echo_thread.h"
#include "echo/pooled_echo.h"
#include "echo/thread_model.h"
#include "net/fd.h"
#include "net/wakeup.h"

namespace threadecho::echo {

/// One thread of the pool, with its connections: waits in epoll_wait until some of them can go on or are due, gives
/// each of those one turn, and waits again. So a connection that always has more to do has one turn in every round,
/// like any other.
/// Owned by the pool. `take`, `stop` and `join` are for the threads named there; `connections` and `thread_id` are for
/// any.
class PoolWorker {
 public:
  /// Starts the thread, named after `number`. Throws std::system_error without a thread or descriptor.
  PoolWorker(std::uint32_t number, const EchoContext& context, const EchoThreadAttributes& attributes);
  /// Stops and joins, if that has not been done.
  ~PoolWorker();
  PoolWorker(const PoolWorker&) = delete;
  PoolWorker& operator=(const PoolWorker&) = delete;

  /// Serves the connection until its end, or returns the client if that is impossible. For the acceptor's thread.
  std::optional<Refused> take(std::unique_ptr<Connection> connection);
  /// Has the thread look at every connection that waits for a time: faults have changed. For any thread.
  void look_again() noexcept { wakeup_.notify(); }
  /// Lets the thread end once it has no connection left; `join` waits for that. For the thread that owns the pool.
  void stop() noexcept;
  void join();

  [[nodiscard]] std::uint32_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
  /// As gettid(2) gives it; 0 until the thread has begun.
  [[nodiscard]] std::uint32_t thread_id() const noexcept { return thread_id_.load(std::memory_order_relaxed); }

 private:
  using ListHook = boost::intrusive::list_member_hook<>;
  using SetHook = boost::intrusive::set_member_hook<>;

  /// A connection of this worker. The hooks are members, so that queueing and timing it never allocate.
  struct Client {
    Client(Connection& served, const EchoContext& context) noexcept : echo(served, context) {}

    std::unique_ptr<Connection> connection;
    PooledEcho echo;
    Clock::time_point due = Clock::time_point::max();  ///< while it is in due_
    ListHook in_ready;
    SetHook in_due;
  };
  struct DueOf {
    using type = Clock::time_point;
    const type& operator()(const Client& client) const noexcept { return client.due; }
  };

  static void* run(void* argument);
  void work(std::span<std::byte> buffer);
  void wait();
  void queue_due();
  void give_turn(Client& client, std::span<std::byte> buffer);
  void queue(Client& client);
  void time(Client& client, Clock::time_point due);
  void close(Client& client);
  [[nodiscard]] int wait_milliseconds() const;

  const EchoContext context_;
  const std::uint32_t number_;
  net::Fd epoll_;
  net::Wakeup wakeup_;
  /// Relaxed: others only read it as a hint, and the worker itself makes the last decrement.
  std::atomic<std::uint32_t> connections_{0};
  /// Relaxed: the wake-up makes the worker look, and nothing else is handed over with it.
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> thread_id_{0};  ///< relaxed: only shown
  pthread_t thread_{};
  bool joined_ = false;

  // Only for the worker's thread:
  boost::intrusive::list<Client, boost::intrusive::member_hook<Client, ListHook, &Client::in_ready>> ready_;
  boost::intrusive::multiset<Client, boost::intrusive::member_hook<Client, SetHook, &Client::in_due>,
                             boost::intrusive::key_of_value<DueOf>>
      due_;
};

}  // namespace threadecho::echo
