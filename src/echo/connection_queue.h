#pragma once

#include <atomic>
#include <boost/intrusive/set.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "echo/context.h"
#include "echo/lingering_close.h"
#include "echo/session.h"
#include "echo/thread_model.h"
#include "net/fd.h"
#include "net/wakeup.h"

namespace threadecho::echo {

/// The connections that wait for a thread in the `blocking-pool` model, first come, first served. What their clients
/// send stays in the kernel.
///
/// One thread watches the queue and ends the connections that need no echo thread any more: their client has given up,
/// they are too old, or the drain has ended them. It sleeps while clients only send. So the acceptor never waits, and
/// no echo thread spends time on a client that is gone. Owned by the model. A connection belongs to the queue until
/// `pop` hands it to an echo thread, or until it has ended here.
class ConnectionQueue {
 public:
  /// Throws std::system_error without descriptors.
  explicit ConnectionQueue(const EchoContext& context);
  ConnectionQueue(const ConnectionQueue&) = delete;
  ConnectionQueue& operator=(const ConnectionQueue&) = delete;

  /// Puts the connection behind the others, or returns the client if that is impossible. For the acceptor's thread.
  std::optional<Refused> push(std::unique_ptr<Connection> connection);
  /// Waits for a connection and returns the one that came first; null once the queue is closed and empty. For echo
  /// threads.
  std::unique_ptr<Connection> pop();
  /// Ends connections until the queue is closed and none is left. `scratch` may hold anything. For one thread.
  void watch(std::span<std::byte> scratch);

  /// All connections have been ended from outside: ends those that wait. For any thread.
  void connections_ended() noexcept;
  /// Nothing will be pushed any more. For the thread that owns the model.
  void close();

 private:
  using SetHook = boost::intrusive::set_member_hook<>;

  /// A connection of the queue, with the state for ending it here. The hook is a member, so that ending a connection
  /// never allocates.
  struct Client {
    Client(Connection& waiting, const EchoContext& context) noexcept : session(waiting, context), close(session) {}

    std::unique_ptr<Connection> connection;
    Session session;
    LingeringClose close;
    Clock::time_point due = Clock::time_point::max();  ///< while it is in a DueSet
    SetHook in_due;
  };
  struct DueOf {
    using type = Clock::time_point;
    const type& operator()(const Client& client) const noexcept { return client.due; }
  };
  /// By the connection's number: the order of arrival. Events carry that number too, because an echo thread may take a
  /// client between its event and the look at it.
  using Clients = std::map<std::uint64_t, Client>;
  using DueSet = boost::intrusive::multiset<Client, boost::intrusive::member_hook<Client, SetHook, &Client::in_due>,
                                            boost::intrusive::key_of_value<DueOf>>;

  [[nodiscard]] bool is_over() const;
  void wait();
  [[nodiscard]] Clock::time_point next_deadline() const;
  void end_overdue();
  void end_all();
  void look_at(std::uint64_t id, std::uint32_t events);
  /// With the lock held. Begins to close the connection if its client needs no echo thread any more; else returns
  /// false.
  static bool begin_to_close(Client& client, std::uint32_t events);
  /// With the lock held.
  Clients::node_type take_out(Clients::iterator waiting);
  void leave(Clients::node_type node);
  /// The next step of a close. False: the connection has ended, and the client is gone.
  bool go_on(Client& client);

  static void time(DueSet& set, Client& client, Clock::time_point due);
  static void forget(DueSet& set, Client& client) noexcept;

  const EchoContext context_;
  net::Fd epoll_;
  net::Wakeup wakeup_;
  /// Relaxed: the wake-up makes the watching thread look, and nothing else is handed over with it.
  std::atomic<bool> ended_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  Clients waiting_;
  DueSet aging_;  ///< of `waiting_`, by the end of MAX_CONNECTION_AGE
  bool closed_ = false;

  // Only for the thread that watches:
  std::span<std::byte> scratch_;  ///< for bytes that are read and discarded
  Clients leaving_;               ///< those that end here, a step at a time
  DueSet leaving_due_;            ///< of `leaving_`, by the time of the next step
};

}  // namespace threadecho::echo
