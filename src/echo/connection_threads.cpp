#include "echo/connection_threads.h"

#include <alloca.h>
#include <sched.h>

#include <cstddef>
#include <string>
#include <utility>

#include "echo/log_lines.h"

namespace threadecho::echo {
namespace {

void name_this_thread(const Connection& connection) {
  // "echo-" and up to 10 digits are the 15 characters that the kernel keeps.
  constexpr std::uint64_t kTenDigits = 10'000'000'000;
  ::pthread_setname_np(::pthread_self(), ("echo-" + std::to_string(connection.id() % kTenDigits)).c_str());
}

void use_batch_scheduling() {
  const sched_param parameters{};
  ::sched_setscheduler(0, SCHED_BATCH, &parameters);  // 0: this thread, sched(7); needs no privilege
}

}  // namespace

ConnectionThreads::ConnectionThreads(ConnectionTable& table, const EchoContext& context)
    : table_(table), context_(context) {
  ::pthread_attr_init(&attributes_);
  // The guard page below it is part of the size, pthread_attr_setguardsize(3); one page is the default.
  const int error = ::pthread_attr_setstacksize(&attributes_, context.settings.thread_stack_size);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "THREAD_STACK_SIZE");
  }
}

ConnectionThreads::~ConnectionThreads() {
  join_all();
  ::pthread_attr_destroy(&attributes_);
}

std::error_code ConnectionThreads::start(Connection& connection) {
  auto job = std::make_unique<Job>(Job{*this, connection});
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  pthread_t thread{};
  const int error = ::pthread_create(&thread, &attributes_, &ConnectionThreads::run, job.get());
  if (error != 0) {
    const std::lock_guard lock(mutex_);
    --running_;
    return {error, std::generic_category()};
  }
  static_cast<void>(job.release());  // the thread owns it now
  return {};
}

void* ConnectionThreads::run(void* argument) {
  // Freed only at the end: a first call of free() gives a thread a heap cache of its own, and idle threads want none.
  const std::unique_ptr<Job> job(static_cast<Job*>(argument));
  job->threads.serve(job->connection);
  job->threads.ended(::pthread_self());
  return nullptr;
}

void ConnectionThreads::serve(Connection& connection) {
  name_this_thread(connection);
  if (context_.settings.sched_policy == config::SchedPolicy::kBatch) {
    use_batch_scheduling();
  }
  const std::size_t size = context_.settings.buffer_size;
  // On the stack and never initialised: pages that no message has reached cost nothing.
  auto* const buffer = static_cast<std::byte*>(alloca(size));
  const CloseReason reason = BlockingEcho(connection, context_, {buffer, size}).run();

  const std::unique_ptr<Connection> closing = table_.remove(connection, reason);
  log_closed(context_.log, *closing, reason);
}  // `closing` goes, and its descriptor with it

void ConnectionThreads::ended(pthread_t self) {
  std::optional<pthread_t> previous;
  {
    const std::lock_guard lock(mutex_);
    previous = std::exchange(unjoined_, self);
    if (--running_ == 0) {
      all_ended_.notify_all();
    }
  }
  if (previous) {
    ::pthread_join(*previous, nullptr);
  }
}

void ConnectionThreads::join_all() {
  std::optional<pthread_t> last;
  {
    std::unique_lock lock(mutex_);
    all_ended_.wait(lock, [this] { return running_ == 0; });
    last = std::exchange(unjoined_, std::nullopt);
  }
  if (last) {
    ::pthread_join(*last, nullptr);
  }
}

}  // namespace threadecho::echo
