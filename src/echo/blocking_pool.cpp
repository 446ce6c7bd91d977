#include "echo/blocking_pool.h"

#include <alloca.h>

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include "config/settings.h"
#include "echo/blocking_echo.h"

namespace threadecho::echo {

BlockingPool::BlockingPool(const EchoContext& context)
    : context_(context), attributes_(context.settings.thread_stack_size), queue_(context_, attributes_) {
  threads_.reserve(context.settings.pool_threads);
  for (std::uint32_t number = 0; number < context.settings.pool_threads; ++number) {
    threads_.push_back({.pool = *this, .number = number});
    Thread& thread = threads_.back();
    if (const int error = ::pthread_create(&thread.thread, attributes_.get(), &BlockingPool::run, &thread);
        error != 0) {
      threads_.pop_back();
      join_all();
      throw std::system_error(error, std::generic_category(), "cannot start a thread of the pool (POOL_THREADS)");
    }
  }
}

BlockingPool::~BlockingPool() { join_all(); }

void BlockingPool::join_all() {
  queue_.close();
  for (const Thread& thread : threads_) {
    ::pthread_join(thread.thread, nullptr);
  }
  threads_.clear();
  queue_.join();
}

void* BlockingPool::run(void* argument) {
  const auto& thread = *static_cast<Thread*>(argument);
  enter_echo_thread("pool-" + std::to_string(thread.number), thread.pool.context_.settings.sched_policy);
  thread.pool.serve_until_closed();
  return nullptr;
}

void BlockingPool::serve_until_closed() {
  const std::size_t size = context_.settings.buffer_size;
  void* const buffer = alloca(size);  // not among arguments, alloca(3)
  while (auto connection = queue_.pop()) {
    BlockingEcho echo(*connection, context_);
    echo.begin();
    const auto reason = echo.run({static_cast<std::byte*>(buffer), size});
    close_connection(std::move(connection), *reason, context_);
  }
}

}  // namespace threadecho::echo
