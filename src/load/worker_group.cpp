#include "load/worker_group.h"

#include <fmt/format.h>
#include <pthread.h>

#include <cstdint>
#include <string>
#include <utility>

#include "host/start_thread.h"

namespace threadecho::load {

WorkerGroup::WorkerGroup(const LoadOptions& options, const net::Endpoint& target, client::Connected first,
                         const LoadHooks& hooks)
    : options_(options) {
  control_.samples = hooks.samples;
  control_.names = hooks.names;
  control_.look_up_told = hooks.names == nullptr ? 0 : hooks.names->answers();
  control_.candidates = hooks.candidates;
  for (std::uint32_t number = 0; number < options.threads; ++number) {
    workers_.push_back(std::make_unique<LoadWorker>(options, target, number, control_));
  }
  workers_.front()->take_over(std::move(first));
  errors_.resize(workers_.size());
}

WorkerGroup::~WorkerGroup() {
  stop();
  join();
}

void WorkerGroup::start_threads() {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const std::string failure = fmt::format("cannot create thread {} of {}", i + 1, workers_.size());
    threads_.push_back(host::start_thread(failure.c_str(), [this, i] { work(i); }));
  }
}

void WorkerGroup::begin(Nanoseconds now) {
  control_.start.store(now, std::memory_order_release);
  wake();
}

void WorkerGroup::stop() {
  control_.stop.store(true, std::memory_order_release);
  wake();
}

void WorkerGroup::join() {
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

void WorkerGroup::rethrow() const {
  for (const std::exception_ptr& error : errors_) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
}

void WorkerGroup::work(std::size_t i) {
  ::pthread_setname_np(::pthread_self(), ("load-" + std::to_string(i)).c_str());
  try {
    workers_[i]->run();
  } catch (...) {
    errors_[i] = std::current_exception();  // main looks at it after the join
    control_.stop.store(true, std::memory_order_release);
    wake();
  }
  control_.ended.fetch_add(1, std::memory_order_acq_rel);
  control_.to_main.notify();
}

void WorkerGroup::wake() {
  for (const auto& worker : workers_) {
    worker->wake();
  }
}

}  // namespace threadecho::load
