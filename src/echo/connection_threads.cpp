#include "echo/connection_threads.h"

#include <alloca.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "config/settings.h"
#include "echo/blocking_echo.h"

namespace threadecho::echo {
namespace {

/// Room for small messages that shares a page with the thread's frames, of which glibc 2.41 leaves less than 2.36.
constexpr std::size_t kFirstBufferSize = 256;

std::string thread_name(const Connection& connection) {
  // "echo-" and up to 10 digits are the 15 characters that the kernel keeps.
  constexpr std::uint64_t kTenDigits = 10'000'000'000;
  return "echo-" + std::to_string(connection.id() % kTenDigits);
}

}  // namespace

ConnectionThreads::ConnectionThreads(const EchoContext& context)
    : context_(context), attributes_(context.settings.thread_stack_size) {}

ConnectionThreads::~ConnectionThreads() { join_all(); }

std::error_code ConnectionThreads::serve(Connection& connection) {
  // The connection is in the table: thrown, the want of memory would leave it there without anybody to serve it.
  std::unique_ptr<Job> job(new (std::nothrow) Job{*this, connection});
  if (!job) {
    return std::make_error_code(std::errc::not_enough_memory);
  }
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  pthread_t thread{};
  const int error = ::pthread_create(&thread, attributes_.get(), &ConnectionThreads::run, job.get());
  if (error != 0) {
    const std::lock_guard lock(mutex_);
    --running_;
    return {error, std::generic_category()};
  }
  static_cast<void>(job.release());  // the thread owns it now
  return {};
}

void* ConnectionThreads::run(void* argument) {
  // Freed by whoever joins this thread: a first call of free() gives a thread a heap cache of its own, and idle threads
  // want none.
  std::unique_ptr<Job> job(static_cast<Job*>(argument));
  job->threads.run_connection(job->connection);
  job->thread = ::pthread_self();
  ConnectionThreads& threads = job->threads;
  threads.ended(std::move(job));
  return nullptr;
}

void ConnectionThreads::run_connection(Connection& connection) {
  enter_echo_thread(thread_name(connection), context_.settings.sched_policy);
  const std::size_t size = context_.settings.buffer_size;
  BlockingEcho echo(connection, context_);
  echo.begin();
  // Both buffers are on the stack and never initialised: pages that no message has reached cost nothing. The whole one
  // comes in when a message does not fit into the first; until then all frames of the thread lie on one page.
  std::array<std::byte, kFirstBufferSize> first;  // NOLINT(*-member-init)
  auto reason = echo.run(std::span(first).first(std::min(size, first.size())));
  if (!reason) {
    void* const whole = alloca(size);  // not among arguments, alloca(3)
    reason = echo.run({static_cast<std::byte*>(whole), size});
  }
  close_connection(connection, *reason, context_);
}

void ConnectionThreads::ended(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  // Not each the one before it: behind one thread that the scheduler leaves waiting, all that end would pile up.
  if (!joining_) {
    joining_ = true;
    while (unjoined_) {
      auto jobs = std::move(unjoined_);
      lock.unlock();
      join(std::move(jobs));
      lock.lock();
    }
    joining_ = false;
  }
  job->next = std::move(unjoined_);
  unjoined_ = std::move(job);
  if (--running_ == 0) {
    all_ended_.notify_all();
  }
}

void ConnectionThreads::join(std::unique_ptr<Job> ended_jobs) {
  while (ended_jobs) {
    ::pthread_join(ended_jobs->thread, nullptr);
    ended_jobs = std::move(ended_jobs->next);
  }
}

void ConnectionThreads::join_all() {
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return running_ == 0; });
  auto jobs = std::move(unjoined_);
  lock.unlock();
  join(std::move(jobs));
}

}  // namespace threadecho::echo
