#include "echo/blocking_pool.h"

#include <alloca.h>
#include <unistd.h>

#include <system_error>

#include "config/settings.h"
#include "echo/blocking_echo.h"

namespace threadecho::echo {

BlockingPool::BlockingPool(const EchoContext& context)
    : context_(context), attributes_(context.settings.thread_stack_size), queue_(context_) {
  try {
    start("queue", &BlockingPool::watch_queue);
    for (std::uint32_t number = 0; number < context.settings.pool_threads; ++number) {
      start("pool-" + std::to_string(number), &BlockingPool::serve_clients);
    }
  } catch (...) {
    join_all();
    throw;
  }
}

BlockingPool::~BlockingPool() { join_all(); }

void BlockingPool::start(std::string name, Body body) {
  threads_.push_back(std::make_unique<Thread>(*this, std::move(name), body));
  Thread& started = *threads_.back();
  if (const int error = ::pthread_create(&started.thread, attributes_.get(), &BlockingPool::run, &started);
      error != 0) {
    threads_.pop_back();
    throw std::system_error(error, std::generic_category(), "cannot start a thread of the pool (POOL_THREADS)");
  }
}

void BlockingPool::join_all() {
  queue_.close();
  for (const auto& started : threads_) {
    if (!std::exchange(started->joined, true)) {
      ::pthread_join(started->thread, nullptr);
    }
  }
}

void* BlockingPool::run(void* argument) {
  auto& self = *static_cast<Thread*>(argument);
  const config::Settings& settings = self.pool.context_.settings;
  enter_echo_thread(self.name, settings.sched_policy);
  self.id.store(static_cast<std::uint32_t>(::gettid()), std::memory_order_relaxed);
  void* const buffer = alloca(settings.buffer_size);  // not among arguments, alloca(3)
  (self.pool.*self.body)({static_cast<std::byte*>(buffer), settings.buffer_size});
  return nullptr;
}

std::vector<std::uint32_t> BlockingPool::pool_thread_ids() const {
  std::vector<std::uint32_t> ids;
  for (const auto& started : threads_) {
    if (started->body == &BlockingPool::serve_clients) {
      ids.push_back(started->id.load(std::memory_order_relaxed));
    }
  }
  return ids;
}

void BlockingPool::serve_clients(std::span<std::byte> buffer) {
  while (auto connection = queue_.pop()) {
    BlockingEcho echo(*connection, context_);
    echo.begin();
    const auto reason = echo.run(buffer);
    close_connection(std::move(connection), *reason, context_);
  }
}

}  // namespace threadecho::echo
