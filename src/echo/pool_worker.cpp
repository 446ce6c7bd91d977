#include "echo/pool_worker.h"

#include <alloca.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "config/settings.h"
#include "net/poll_timeout.h"

namespace threadecho::echo {
namespace {

constexpr std::size_t kEventsAtOnce = 128;
/// Edge-triggered: a socket is registered once and never modified. A new socket is writable, so its first event comes
/// at once and tells the worker about the connection.
constexpr std::uint32_t kInterest = EPOLLIN | EPOLLOUT | EPOLLET;

std::error_code watch(int epoll, int fd, std::uint32_t interest, void* owner) {
  epoll_event event{};
  event.events = interest;
  event.data.ptr = owner;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
    return {errno, std::generic_category()};
  }
  return {};
}

}  // namespace

PoolWorker::PoolWorker(std::uint32_t number, const EchoContext& context, const EchoThreadAttributes& attributes)
    : context_(context), number_(number), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1 for a worker of the pool");
  }
  if (const auto error = watch(epoll_.get(), wakeup_.fd(), EPOLLIN, nullptr)) {
    throw std::system_error(error, "epoll_ctl for a worker of the pool");
  }
  if (const int error = ::pthread_create(&thread_, attributes.get(), &PoolWorker::run, this); error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start a worker of the pool (POOL_THREADS)");
  }
}

PoolWorker::~PoolWorker() {
  stop();
  join();
}

std::optional<Refused> PoolWorker::take(std::unique_ptr<Connection> connection) {
  std::unique_ptr<Client> client(new (std::nothrow) Client(*connection, context_));
  if (!client) {
    return refuse_without_thread(std::move(connection), std::make_error_code(std::errc::not_enough_memory));
  }
  client->connection = std::move(connection);
  connections_.fetch_add(1, std::memory_order_relaxed);
  if (const auto error = watch(epoll_.get(), client->connection->fd(), kInterest, client.get())) {
    connections_.fetch_sub(1, std::memory_order_relaxed);
    return refuse_without_thread(std::move(client->connection), error);
  }
  static_cast<void>(client.release());  // the worker owns it now, and may have closed it already
  return std::nullopt;
}

void PoolWorker::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  wakeup_.notify();
}

void PoolWorker::join() {
  if (!joined_) {
    ::pthread_join(thread_, nullptr);
    joined_ = true;
  }
}

void* PoolWorker::run(void* argument) {
  auto& worker = *static_cast<PoolWorker*>(argument);
  enter_echo_thread("pool-" + std::to_string(worker.number_), worker.context_.settings.sched_policy);
  worker.thread_id_.store(static_cast<std::uint32_t>(::gettid()), std::memory_order_relaxed);
  const std::size_t size = worker.context_.settings.buffer_size;
  void* const buffer = alloca(size);  // not among arguments, alloca(3)
  worker.work({static_cast<std::byte*>(buffer), size});
  return nullptr;
}

void PoolWorker::work(std::span<std::byte> buffer) {
  while (!stopping_.load(std::memory_order_relaxed) || connections() > 0) {
    wait();
    queue_due();
    // One turn for each that is ready now. One that needs another turn queues behind the others and behind new events.
    for (std::size_t turns = ready_.size(); turns > 0; --turns) {
      Client& client = ready_.front();
      ready_.pop_front();
      give_turn(client, buffer);
    }
  }
}

void PoolWorker::wait() {
  std::array<epoll_event, kEventsAtOnce> events;  // NOLINT(*-member-init): the kernel fills what is used
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, wait_milliseconds());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      wakeup_.clear();
      std::ranges::for_each(due_, [this](Client& client) { queue(client); });
    } else {
      queue(*static_cast<Client*>(event.data.ptr));
    }
  }
}

int PoolWorker::wait_milliseconds() const {
  if (!ready_.empty()) {
    return 0;
  }
  if (due_.empty()) {
    return -1;
  }
  return net::poll_timeout(due_.begin()->due, Clock::now());
}

void PoolWorker::queue_due() {
  if (due_.empty()) {
    return;
  }
  const auto now = Clock::now();
  while (!due_.empty() && due_.begin()->due <= now) {
    Client& client = *due_.begin();
    due_.erase(due_.begin());
    queue(client);
  }
}

void PoolWorker::give_turn(Client& client, std::span<std::byte> buffer) {
  switch (client.echo.take_turn(buffer)) {
    case PooledEcho::Next::kWait:
      time(client, client.echo.wait_until());
      break;
    case PooledEcho::Next::kAgain:
      queue(client);
      break;
    case PooledEcho::Next::kEnded:
      close(client);
      break;
  }
}

void PoolWorker::queue(Client& client) {
  if (!client.in_ready.is_linked()) {
    ready_.push_back(client);
  }
}

/// Does not follow a deadline that each message moves away: when the old one comes, the turn finds nothing overdue and
/// waits for the new one. Only an earlier deadline replaces the old one at once.
void PoolWorker::time(Client& client, Clock::time_point due) {
  if (client.in_due.is_linked()) {
    if (client.due <= due) {
      return;
    }
    due_.erase(due_.iterator_to(client));
  }
  if (due != Clock::time_point::max()) {
    client.due = due;
    due_.insert(client);
  }
}

void PoolWorker::close(Client& client) {
  const std::unique_ptr<Client> ended(&client);
  if (client.in_due.is_linked()) {
    due_.erase(due_.iterator_to(client));
  }
  connections_.fetch_sub(1, std::memory_order_relaxed);
  close_connection(std::move(client.connection), client.echo.reason(), context_);
}

}  // namespace threadecho::echo
