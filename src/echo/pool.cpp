#include "echo/pool.h"

#include <algorithm>
#include <utility>

#include "config/settings.h"

namespace threadecho::echo {

Pool::Pool(const EchoContext& context) : attributes_(context.settings.thread_stack_size) {
  for (std::uint32_t number = 0; number < context.settings.pool_threads; ++number) {
    workers_.push_back(std::make_unique<PoolWorker>(number, context, attributes_));
  }
}

std::optional<Refused> Pool::serve(std::unique_ptr<Connection> connection) {
  const auto fewest = std::ranges::min_element(workers_, {}, [](const auto& worker) { return worker->connections(); });
  return (*fewest)->take(std::move(connection));
}

void Pool::faults_changed() noexcept {
  for (const auto& worker : workers_) {
    worker->look_again();
  }
}

void Pool::join_all() {
  for (const auto& worker : workers_) {
    worker->stop();
  }
  for (const auto& worker : workers_) {
    worker->join();
  }
}

std::uint64_t Pool::active_threads(const Totals& /*totals*/) const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(workers_, [](const auto& worker) { return worker->connections() > 0; }));
}

std::vector<std::uint32_t> Pool::pool_thread_ids() const {
  std::vector<std::uint32_t> ids;
  for (const auto& worker : workers_) {
    ids.push_back(worker->thread_id());
  }
  return ids;
}

}  // namespace threadecho::echo
