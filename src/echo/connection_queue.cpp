#include "echo/connection_queue.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <system_error>

#include "config/settings.h"
#include "net/poll_timeout.h"
#include "net/tcp.h"

namespace threadecho::echo {
namespace {

constexpr std::size_t kHangUpsAtOnce = 128;
/// The client has closed its side; epoll always reports EPOLLHUP and EPOLLERR. Without EPOLLIN, bytes wake no thread.
/// Edge-triggered: a client that has sent bytes before it closed its side causes one event, and then goes on waiting.
constexpr std::uint32_t kWhileWaiting = EPOLLRDHUP | EPOLLET;
/// What the steps of a lingering close wait for: bytes, an end of file, and with EPOLLHUP each later change.
constexpr std::uint32_t kWhileLeaving = EPOLLIN | EPOLLET;
/// In place of a connection's number, which begins at 1.
constexpr std::uint64_t kWakeupId = 0;

std::error_code control(int epoll, int operation, int fd, std::uint32_t interest, std::uint64_t id) {
  epoll_event event{.events = interest, .data = {.u64 = id}};
  return {::epoll_ctl(epoll, operation, fd, &event) == 0 ? 0 : errno, std::generic_category()};
}

/// Whether the client has closed its side and sent nothing that is still to be echoed.
bool has_nothing_to_echo(int fd) {
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

ConnectionQueue::ConnectionQueue(const EchoContext& context)
    : context_(context), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1 for the queue of connections");
  }
  if (const auto error = control(epoll_.get(), EPOLL_CTL_ADD, wakeup_.fd(), EPOLLIN, kWakeupId)) {
    throw std::system_error(error, "epoll_ctl for the queue of connections");
  }
}

std::optional<Refused> ConnectionQueue::push(std::unique_ptr<Connection> connection) {
  const std::uint64_t id = connection->id();
  Clients made;
  try {
    made.try_emplace(id, *connection, context_);
  } catch (const std::bad_alloc&) {
    return refuse_without_thread(std::move(connection), std::make_error_code(std::errc::not_enough_memory));
  }
  Client& client = made.begin()->second;
  client.connection = std::move(connection);
  std::error_code error;
  {
    const std::lock_guard lock(mutex_);  // held here too: the first event may come before it is in `waiting_`
    error = control(epoll_.get(), EPOLL_CTL_ADD, client.connection->fd(), kWhileWaiting, id);
    if (!error) {
      client.connection->set_queued();
      waiting_.insert(made.extract(made.begin()));
      time(aging_, client, client.session.age_deadline());
      if (!aging_.empty() && &*aging_.begin() == &client) {
        wakeup_.notify();
      }
    }
  }
  if (error) {
    return refuse_without_thread(std::move(client.connection), error);
  }
  changed_.notify_one();
  return std::nullopt;
}

std::unique_ptr<Connection> ConnectionQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_.empty() || closed_; });
  if (waiting_.empty()) {
    wakeup_.notify();  // the watching thread may have waited for this
    return nullptr;
  }
  auto connection = std::move(take_out(waiting_.begin()).mapped().connection);
  control(epoll_.get(), EPOLL_CTL_DEL, connection->fd(), 0, connection->id());
  return connection;
}

void ConnectionQueue::connections_ended() noexcept {
  ended_.store(true, std::memory_order_relaxed);
  wakeup_.notify();
}

void ConnectionQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  wakeup_.notify();
}

void ConnectionQueue::watch(std::span<std::byte> scratch) {
  scratch_ = scratch;
  while (!is_over()) {
    wait();
    if (ended_.exchange(false, std::memory_order_relaxed)) {
      end_all();
    }
    end_overdue();
  }
}

bool ConnectionQueue::is_over() const {
  const std::lock_guard lock(mutex_);
  return closed_ && waiting_.empty() && leaving_.empty();
}

void ConnectionQueue::wait() {
  std::array<epoll_event, kHangUpsAtOnce> events;  // NOLINT(*-member-init): the kernel fills what is used
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), kHangUpsAtOnce, net::poll_timeout(next_deadline(), Clock::now()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kWakeupId) {
      wakeup_.clear();
    } else {
      look_at(event.data.u64, event.events);
    }
  }
}

Clock::time_point ConnectionQueue::next_deadline() const {
  auto deadline = leaving_due_.empty() ? Clock::time_point::max() : leaving_due_.begin()->due;
  const std::lock_guard lock(mutex_);
  return aging_.empty() ? deadline : std::min(deadline, aging_.begin()->due);
}

void ConnectionQueue::look_at(std::uint64_t id, std::uint32_t events) {
  if (const auto leaving = leaving_.find(id); leaving != leaving_.end()) {
    go_on(leaving->second);
    return;
  }
  Clients::node_type over;
  {
    const std::lock_guard lock(mutex_);
    const auto waiting = waiting_.find(id);
    if (waiting == waiting_.end() || !begin_to_close(waiting->second, events)) {
      return;
    }
    over = take_out(waiting);
  }
  leave(std::move(over));
}

bool ConnectionQueue::begin_to_close(Client& client, std::uint32_t events) {
  const int fd = client.connection->fd();
  if (const auto reason = client.connection->end_reason()) {
    client.close.begin(*reason);
  } else if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
    const int error_number = net::take_error(fd);
    client.close.begin(close_reason_of(error_number == 0 ? ECONNRESET : error_number));
  } else if (has_nothing_to_echo(fd)) {
    client.close.begin_after_client_closed();
  } else {
    return false;
  }
  return true;
}

void ConnectionQueue::end_overdue() {
  const auto now = Clock::now();
  while (!leaving_due_.empty() && leaving_due_.begin()->due <= now) {
    go_on(*leaving_due_.begin());
  }
  Clients overdue;
  {
    const std::lock_guard lock(mutex_);
    while (!aging_.empty() && aging_.begin()->due <= now) {
      overdue.insert(take_out(waiting_.find(aging_.begin()->connection->id())));
    }
  }
  while (!overdue.empty()) {
    overdue.begin()->second.close.begin(CloseReason::kMaxAge);
    leave(overdue.extract(overdue.begin()));
  }
}

/// All of them share the drain's deadline.
void ConnectionQueue::end_all() {
  Clients ended;
  {
    const std::lock_guard lock(mutex_);
    aging_.clear();
    ended.swap(waiting_);
  }
  for (auto client = leaving_.begin(); client != leaving_.end();) {
    go_on((client++)->second);
  }
  while (!ended.empty()) {
    ended.begin()->second.close.begin(CloseReason::kDrainForced);
    leave(ended.extract(ended.begin()));
  }
}

ConnectionQueue::Clients::node_type ConnectionQueue::take_out(Clients::iterator waiting) {
  forget(aging_, waiting->second);
  return waiting_.extract(waiting);
}

void ConnectionQueue::leave(Clients::node_type node) {
  Client& client = leaving_.insert(std::move(node)).position->second;
  if (go_on(client)) {
    // Reports at once what has happened since that step.
    control(epoll_.get(), EPOLL_CTL_MOD, client.connection->fd(), kWhileLeaving, client.connection->id());
  }
}

bool ConnectionQueue::go_on(Client& client) {
  if (const auto wait = client.close.step(Clock::now(), scratch_)) {
    time(leaving_due_, client, wait->until);
    return true;
  }
  forget(leaving_due_, client);
  const std::uint64_t id = client.connection->id();
  close_connection(std::move(client.connection), client.close.reason(), context_);
  leaving_.erase(id);
  return false;
}

void ConnectionQueue::time(DueSet& set, Client& client, Clock::time_point due) {
  forget(set, client);
  if (due != Clock::time_point::max()) {
    client.due = due;
    set.insert(client);
  }
}

void ConnectionQueue::forget(DueSet& set, Client& client) noexcept {
  if (client.in_due.is_linked()) {
    set.erase(set.iterator_to(client));
  }
}

}  // namespace threadecho::echo
