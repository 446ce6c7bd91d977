#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "echo/context.h"
#include "echo/pool_worker.h"
#include "echo/thread_model.h"

namespace threadecho::echo {

/// The `pool` model: a fixed number of threads works through the requests of all clients.
class Pool final : public ThreadModel {
 public:
  /// Starts POOL_THREADS workers.
  explicit Pool(const EchoContext& context);

  /// Gives the connection to the worker that has the fewest.
  std::optional<Refused> serve(std::unique_ptr<Connection> connection) override;
  void faults_changed() noexcept override;
  void join_all() override;
  [[nodiscard]] std::uint64_t active_threads(const Totals& totals) const override;
  [[nodiscard]] std::vector<std::uint32_t> pool_thread_ids() const override;

 private:
  const EchoThreadAttributes attributes_;
  std::vector<std::unique_ptr<PoolWorker>> workers_;  ///< as many from construction on
};

}  // namespace threadecho::echo
