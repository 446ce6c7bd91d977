#pragma once

#include <pthread.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "echo/connection_queue.h"
#include "echo/context.h"
#include "echo/echo_thread.h"
#include "echo/thread_model.h"

namespace threadecho::echo {

/// The `blocking-pool` model: a fixed number of threads, each of which serves one client from its first byte to its
/// last, as a thread of `per-connection` does. Clients beyond that number wait in a queue. With one thread it is the
/// server that talks to one client at a time.
class BlockingPool final : public ThreadModel {
 public:
  /// Starts POOL_THREADS threads, and the queue's. Throws std::system_error if one cannot be created.
  explicit BlockingPool(const EchoContext& context);
  ~BlockingPool() override;

  /// Puts the connection into the queue.
  std::optional<Refused> serve(std::unique_ptr<Connection> connection) override {
    return queue_.push(std::move(connection));
  }
  void connections_ended() noexcept override { queue_.connections_ended(); }
  void join_all() override;
  [[nodiscard]] std::uint64_t active_threads(const Totals& totals) const override {
    return totals.active - totals.waiting;
  }

 private:
  struct Thread {
    BlockingPool& pool;
    std::uint32_t number;
    pthread_t thread{};
  };

  static void* run(void* argument);
  void serve_until_closed();

  const EchoContext context_;
  const EchoThreadAttributes attributes_;
  ConnectionQueue queue_;
  std::vector<Thread> threads_;  ///< those to join; its memory is reserved, so that none of them moves
};

}  // namespace threadecho::echo
