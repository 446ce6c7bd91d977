#include "client/connect_race.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "client/failure.h"
#include "client/resolver.h"
#include "net/tcp.h"

namespace threadecho::client {
namespace {

// Between the tries of an address that fails at once: the first pause, each next one twice as long, up to the longest.
constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{500};

/// Begins to connect a new socket; none and `error` when that fails at once.
net::Fd begin_connect(const net::Endpoint& target, const net::Endpoint* source, std::error_code& error) {
  net::Fd fd(::socket(target.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!fd) {
    error = errno_code(errno);
    return {};
  }
  error = net::set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (!error && source != nullptr) {
    // The port is chosen by connect, which knows the target: each target then has all ports of its own.
    error = net::set_option(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (!error && ::bind(fd.get(), source->address(), source->length()) != 0) {
      error = errno_code(errno);
    }
  }
  if (!error && ::connect(fd.get(), target.address(), target.length()) != 0 && errno != EINPROGRESS) {
    error = errno_code(errno);
  }
  return error ? net::Fd{} : std::move(fd);
}

/// What has become of a socket that poll(2) says is writable.
std::error_code outcome(int fd, Attempt& attempt) {
  if (const int error = net::take_error(fd); error != 0) {
    return errno_code(error);
  }
  attempt.local = net::Endpoint::local_of(fd);
  return errno_code(is_same(attempt.local, attempt.endpoint) ? ECONNREFUSED : 0);
}

}  // namespace

ConnectRace::ConnectRace(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout,
                         const net::Endpoint* source)
    : addresses_(std::move(addresses)), timeout_(timeout), source_(source) {}

void ConnectRace::advance(Clock::time_point now) {
  std::vector<pollfd> entries = in_flight();
  if (!entries.empty()) {
    ::poll(entries.data(), entries.size(), 0);
  }
  std::size_t index = 0;  // in in_flight_, from which end() removes
  for (const pollfd& entry : entries) {
    InFlight& one = in_flight_[index];
    if (entry.revents != 0) {
      end(index, outcome(entry.fd, one.attempt), now);
    } else if (now - one.began >= timeout_) {
      end(index, errno_code(ETIMEDOUT), now);
    } else {
      ++index;
    }
    if (winner_) {
      return;
    }
  }
  while (next_ < addresses_.size() && (!has_first_in_flight() || now >= last_began_ + kHeadStart)) {
    begin(addresses_[next_++], kFirstTry, now);
  }
  for (std::size_t retry = 0; retry < retries_.size() && has_first_in_flight(); ++retry) {
    if (now >= retries_[retry].due) {
      retries_[retry].due = Clock::time_point::max();
      begin(retries_[retry].address, retry, now);
    }
  }
}

bool ConnectRace::has_first_in_flight() const noexcept {
  return std::ranges::any_of(in_flight_, [](const InFlight& one) { return one.retry == kFirstTry; });
}

void ConnectRace::begin(const net::Endpoint& address, std::size_t retry, Clock::time_point now) {
  Attempt attempt{.endpoint = address, .duration = {}, .error = {}, .began_at = std::chrono::system_clock::now()};
  net::Fd fd = begin_connect(address, source_, attempt.error);
  if (!fd) {
    fail(attempt, retry, now);
    return;
  }
  if (retry == kFirstTry) {
    last_began_ = now;
  }
  in_flight_.push_back({.fd = std::move(fd), .began = now, .attempt = attempt, .retry = retry});
}

void ConnectRace::end(std::size_t index, std::error_code error, Clock::time_point now) {
  InFlight& one = in_flight_[index];
  one.attempt.error = error;
  one.attempt.duration = now - one.began;
  if (error) {
    fail(one.attempt, one.retry, now);
  } else {
    winner_ = std::move(one.fd);
    won_ = one.attempt;
  }
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(index));
}

void ConnectRace::fail(const Attempt& attempt, std::size_t retry, Clock::time_point now) {
  if (retry == kFirstTry) {
    ended_.push_back(attempt);
    retry = retries_.size();
    retries_.push_back({.address = attempt.endpoint});
  }
  if (attempt.error != std::errc::timed_out) {
    Retry& next = retries_[retry];
    next.pause = std::clamp(2 * next.pause, kFirstPause, kLongestPause);
    next.due = now + next.pause;
  }
}

ConnectRace::Clock::time_point ConnectRace::next_step() const {
  auto next = next_ < addresses_.size() ? last_began_ + kHeadStart : Clock::time_point::max();
  for (const InFlight& one : in_flight_) {
    next = std::min(next, one.began + timeout_);
  }
  for (const Retry& one : retries_) {
    next = std::min(next, one.due);
  }
  return next;
}

std::vector<pollfd> ConnectRace::in_flight() const {
  std::vector<pollfd> entries;
  for (const InFlight& one : in_flight_) {
    entries.push_back({.fd = one.fd.get(), .events = POLLOUT, .revents = 0});
  }
  return entries;
}

std::vector<int> ConnectRace::take_new() {
  std::vector<int> fds;
  for (InFlight& one : in_flight_) {
    if (std::exchange(one.is_new, false)) {
      fds.push_back(one.fd.get());
    }
  }
  return fds;
}

Connected ConnectRace::finish(Clock::time_point now) {
  while (!in_flight_.empty()) {
    end(0, errno_code(ECANCELED), now);
  }
  next_ = addresses_.size();
  if (winner_) {
    ended_.push_back(won_);
  }
  return {.fd = std::move(winner_), .attempts = std::move(ended_)};
}

}  // namespace threadecho::client
