#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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
  /// Starts POOL_THREADS echo threads, and one that watches the queue. Throws std::system_error without threads or
  /// descriptors.
  explicit BlockingPool(const EchoContext& context);
  ~BlockingPool() override;

  /// Puts the connection into the queue.
  std::optional<Refused> serve(std::unique_ptr<Connection> connection) override {
    return queue_.push(std::move(connection));
  }
  void connections_ended() noexcept override { queue_.connections_ended(); }
  void join_all() override;
  [[nodiscard]] std::uint64_t active_threads(const Totals& totals) const override { return totals.served; }
  [[nodiscard]] std::vector<std::uint32_t> pool_thread_ids() const override;

 private:
  using Body = void (BlockingPool::*)(std::span<std::byte> buffer);
  struct Thread {
    Thread(BlockingPool& owner, std::string its_name, Body its_body)
        : pool(owner), name(std::move(its_name)), body(its_body) {}

    BlockingPool& pool;
    std::string name;
    Body body;
    pthread_t thread{};
    bool joined = false;              ///< only for the thread that owns the pool
    std::atomic<std::uint32_t> id{};  ///< gettid(2) of an echo thread once it has begun; relaxed: only shown
  };

  void start(std::string name, Body body);
  static void* run(void* argument);
  void serve_clients(std::span<std::byte> buffer);
  void watch_queue(std::span<std::byte> buffer) { queue_.watch(buffer); }

  const EchoContext context_;
  const EchoThreadAttributes attributes_;
  ConnectionQueue queue_;
  std::vector<std::unique_ptr<Thread>> threads_;  ///< as many from construction on
};

}  // namespace threadecho::echo
