#include "echo/thread_per_connection.h"

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

/// Room for small messages on the same page as the thread's frames. glibc 2.41 leaves less of that page than 2.36.
constexpr std::size_t kFirstBufferSize = 256;

std::string thread_name(const Connection& connection) {
  // "echo-" and up to 10 digits are the 15 characters that the kernel keeps.
  constexpr std::uint64_t kTenDigits = 10'000'000'000;
  return "echo-" + std::to_string(connection.id() % kTenDigits);
}

}  // namespace

ThreadPerConnection::ThreadPerConnection(const EchoContext& context)
    : context_(context), attributes_(context.settings.thread_stack_size) {}

ThreadPerConnection::~ThreadPerConnection() { join_all(); }

std::optional<Refused> ThreadPerConnection::serve(std::unique_ptr<Connection> connection) {
  std::unique_ptr<Job> job(new (std::nothrow) Job{*this});
  if (!job) {
    return refuse_without_thread(std::move(connection), std::make_error_code(std::errc::not_enough_memory));
  }
  job->connection = std::move(connection);
  add_running(1);
  pthread_t thread{};
  const int error = ::pthread_create(&thread, attributes_.get(), &ThreadPerConnection::run, job.get());
  if (error != 0) {
    add_running(-1);
    return refuse_without_thread(std::move(job->connection), {error, std::generic_category()});
  }
  static_cast<void>(job.release());  // the thread owns it now
  return std::nullopt;
}

bool ThreadPerConnection::can_start_thread() const {
  pthread_t thread{};
  const auto end_at_once = [](void*) -> void* { return nullptr; };
  return ::pthread_create(&thread, attributes_.get(), end_at_once, nullptr) == 0 &&
         ::pthread_join(thread, nullptr) == 0;
}

void* ThreadPerConnection::run(void* argument) {
  // The thread that joins this one frees the job: a first call of free() gives a thread a heap cache of its own, which
  // would cost each idle thread memory.
  std::unique_ptr<Job> job(static_cast<Job*>(argument));
  job->threads.run_connection(std::move(job->connection));
  job->thread = ::pthread_self();
  ThreadPerConnection& threads = job->threads;
  threads.ended(std::move(job));
  return nullptr;
}

void ThreadPerConnection::run_connection(std::unique_ptr<Connection> connection) {
  enter_echo_thread(thread_name(*connection), context_.settings.sched_policy);
  const std::size_t size = context_.settings.buffer_size;
  BlockingEcho echo(*connection, context_);
  echo.begin();
  // Both buffers are on the stack and never initialised: pages that no message has reached cost nothing. The whole one
  // comes in when a message does not fit into the first; until then all frames of the thread lie on one page.
  std::array<std::byte, kFirstBufferSize> first;  // NOLINT(*-member-init)
  const auto small = std::span(first).first(std::min(size, first.size()));
  auto reason = echo.run(small);
  if (!reason) {
    void* const whole = alloca(size);  // not among arguments, alloca(3)
    reason = echo.run({static_cast<std::byte*>(whole), size}, small);
  }
  close_connection(std::move(connection), *reason, context_);
}

void ThreadPerConnection::add_running(int change) {
  const std::lock_guard lock(mutex_);
  running_ += change;
}

void ThreadPerConnection::ended(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  // Do not chain joins: one descheduled thread would block all that end after it.
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

void ThreadPerConnection::join(std::unique_ptr<Job> ended_jobs) {
  while (ended_jobs) {
    ::pthread_join(ended_jobs->thread, nullptr);
    ended_jobs = std::move(ended_jobs->next);
  }
}

void ThreadPerConnection::join_all() {
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return running_ == 0; });
  auto jobs = std::move(unjoined_);
  lock.unlock();
  join(std::move(jobs));
}

}  // namespace threadecho::echo
