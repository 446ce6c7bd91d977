#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "client/connect_race.h"
#include "load/load_options.h"
#include "load/load_run.h"
#include "load/load_state.h"
#include "load/load_worker.h"
#include "net/endpoint.h"
#include "net/wakeup.h"

namespace threadecho::load {

/// The workers of a run and their threads; main's side of the control.
class WorkerGroup {
 public:
  WorkerGroup(const LoadOptions& options, const net::Endpoint& target, client::Connected first, const LoadHooks& hooks);
  ~WorkerGroup();
  WorkerGroup(const WorkerGroup&) = delete;
  WorkerGroup& operator=(const WorkerGroup&) = delete;

  void start_threads();
  void begin(Nanoseconds now);
  void stop();
  void join();
  /// What ended a worker. Call it after join().
  void rethrow() const;

  [[nodiscard]] bool is_started() const { return control_.start.load(std::memory_order_relaxed) != 0; }
  [[nodiscard]] Nanoseconds start() const { return control_.start.load(std::memory_order_relaxed); }
  [[nodiscard]] bool is_settled() const {
    return control_.settled.load(std::memory_order_acquire) == options_.connections;
  }
  [[nodiscard]] bool has_ended() const { return control_.ended.load(std::memory_order_acquire) == workers_.size(); }
  [[nodiscard]] net::Wakeup& wakeup() { return control_.to_main; }
  [[nodiscard]] const std::vector<std::unique_ptr<LoadWorker>>& workers() const { return workers_; }

 private:
  void work(std::size_t i);
  void wake();

  const LoadOptions& options_;
  LoadControl control_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
  std::vector<std::exception_ptr> errors_;
  std::vector<std::thread> threads_;
};

}  // namespace threadecho::load
