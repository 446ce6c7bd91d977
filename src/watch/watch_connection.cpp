#include "watch/watch_connection.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "client/connector.h"
#include "client/failure.h"
#include "net/arrival.h"
#include "net/tcp.h"

namespace threadecho::watch {
namespace {

/// Up to this size, a message and its echo fit into the smallest socket buffers: nothing has to be done between sending
/// the one and collecting the other.
constexpr std::size_t kSmallMessage = 4096;

}  // namespace

std::size_t Sockets::most_of_process() {
  constexpr std::size_t kOthers = 48;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return SIZE_MAX;
  }
  return limit.rlim_cur - std::min<std::size_t>(limit.rlim_cur, kOthers);
}

std::size_t Sockets::needed(const WatchOptions& options, std::size_t paths) {
  const std::size_t staying = paths * (options.idle.count() > 0 ? 2 : 1);
  if (options.connect_every.count() == 0) {
    return staying;
  }
  const auto every = static_cast<std::size_t>(options.connect_every.count());
  const std::size_t lasts = std::min(every, 2 * static_cast<std::size_t>(options.timeout.count()));
  return staying + (paths * lasts + every - 1) / every;
}

WatchConnection::WatchConnection(const WatchOptions& options, Sockets& sockets, WatchPath& path, ConnectionKind kind,
                                 const net::Endpoint& address, std::uint32_t number)
    : options_(options), sockets_(sockets), path_(path), kind_(kind), address_(address), payload_(number) {}

void WatchConnection::connect(Clock::time_point now) {
  began_ = now;
  next_step_ = now;
  race_.emplace(std::vector<net::Endpoint>{address_}, options_.timeout, nullptr);
  ++sockets_.open;
}

WatchConnection::Progress WatchConnection::advance(Clock::time_point now) {
  Progress progress;
  if (race_) {
    advance_connect(now, progress);
  } else if (exchange_) {
    advance_exchange(now, progress);
  }
  return progress;
}

/// Edge-triggered, for all events at once: an event that is not needed costs less than a call for each change of
/// interest.
void WatchConnection::register_sockets() {
  for (const int fd : race_->take_new()) {
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = this}};
    ::epoll_ctl(sockets_.epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

/// From now on only the end of the connection wakes the loop; echoes do not.
void WatchConnection::begin_to_collect() {
  epoll_event end{.events = EPOLLRDHUP | EPOLLET, .data = {.ptr = this}};
  collects_ = ::epoll_ctl(sockets_.epoll, EPOLL_CTL_MOD, fd_.get(), &end) == 0;
}

/// The loop rounds each next step up to a tick: 1 ns after now means the next tick.
void WatchConnection::wait(Clock::time_point now) {
  next_step_ = collects_ ? std::min(now + nanoseconds(1), deadline_) : deadline_;
}

void WatchConnection::rest() { next_step_ = deadline_ = Clock::time_point::max(); }

void WatchConnection::advance_connect(Clock::time_point now, Progress& progress) {
  client::Connected connected;
  if (sockets_.open > sockets_.most) {
    connected.attempts.push_back({.endpoint = address_,
                                  .duration = {},
                                  .error = client::errno_code(EMFILE),
                                  .began_at = std::chrono::system_clock::now()});
  } else {
    race_->advance(now);
    register_sockets();
    if (!race_->is_over()) {
      next_step_ = race_->next_step();
      return;
    }
    connected = race_->finish(now);
  }
  if (!connected.fd) {
    progress.loss = lose(client::connect_failure(connected.attempts), Place::kConnecting, now);
    return;
  }
  race_.reset();
  fd_ = std::move(connected.fd);
  local_ = connected.attempts.back().local;
  using ArrivesWhen = client::EchoExchange::ArrivesWhen;
  exchange_.emplace(fd_.get(), payload_, options_.size,
                    net::stamp_arrivals(fd_.get()) ? ArrivesWhen::kStamped : ArrivesWhen::kRead);
  progress.connected = now - began_;
  connected_at_ = now;
  rest();
}

void WatchConnection::send(Clock::time_point now, client::AfterSending after) {
  began_ = now;
  deadline_ = now + options_.timeout;
  half_closes_ = after == client::AfterSending::kHalfClose;
  exchange_->add(sequence_++);
  if (half_closes_) {
    exchange_->half_close();
  }
  exchange_->send();
  wait(now);
}

void WatchConnection::advance_exchange(Clock::time_point now, Progress& progress) {
  if (is_idle()) {
    if (auto failure = exchange_->unexpected()) {
      progress.loss = lose(std::move(*failure), Place::kIdle, now);
    }
    return;
  }
  client::EchoExchange::Received received = exchange_->receive();
  const bool is_echoed = !received.echoed.empty();
  const bool is_stamped = is_echoed && received.echoed.front().is_stamped;
  if (is_stamped || (is_echoed && !collects_)) {
    progress.round_trip = received.echoed.front().round_trip;
  }
  const Place place = exchange_->pending().empty() ? Place::kHalfClosed : Place::kWaiting;
  if (received.failure) {
    progress.loss = lose(std::move(*received.failure), place, now);
  } else if (exchange_->is_done()) {
    rest();
    progress.is_done = true;
    if (is_stamped && !collects_ && kind_ == ConnectionKind::kLasting && options_.size <= kSmallMessage) {
      begin_to_collect();
    }
    // epoll does not report again an end that came together with the echo.
    if (auto failure = half_closes_ || !peer_ended_ ? std::nullopt : exchange_->unexpected()) {
      progress.loss = lose(std::move(*failure), Place::kIdle, now);
    }
  } else if (now >= deadline_) {
    progress.loss = lose(exchange_->timed_out(), place, now);
  } else {
    exchange_->send();
    wait(now);
  }
}

Loss WatchConnection::lose(client::Failure failure, Place place, Clock::time_point now) {
  const bool had_one = exchange_.has_value();
  Loss loss{.failure = std::move(failure),
            .connection = kind_,
            .place = place,
            .age = had_one ? now - connected_at_ : nanoseconds(0),
            .local = had_one ? local_ : net::Endpoint(),
            .at = std::chrono::system_clock::now(),
            .began = place == Place::kIdle ? now : began_};
  close();
  return loss;
}

void WatchConnection::close() {
  if (is_open()) {
    if (is_waiting()) {
      exchange_->receive();  // a socket that closes with bytes unread resets its connection
    }
    read_tcp_info();
    rest();
    collects_ = false;
    known_retransmitted_ = 0;
    peer_ended_ = false;
    --sockets_.open;
  }
  race_.reset();
  exchange_.reset();
  fd_.reset();
}

std::optional<nanoseconds> WatchConnection::read_tcp_info() {
  const auto info = fd_ ? net::read_tcp_info(fd_.get()) : std::nullopt;
  if (!info) {
    return std::nullopt;
  }
  retransmitted_ += info->retransmitted_segments - known_retransmitted_;
  known_retransmitted_ = info->retransmitted_segments;
  return info->round_trip;
}

void WatchConnection::note_events(std::uint32_t events) noexcept {
  peer_ended_ = peer_ended_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
}

}  // namespace threadecho::watch
