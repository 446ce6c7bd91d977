#include "echo/acceptor.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "echo/echo_thread.h"
#include "echo/log_lines.h"
#include "host/start_thread.h"
#include "net/poll_timeout.h"

namespace threadecho::echo {
namespace {

using std::chrono::milliseconds;

/// When a drain begins, the acceptor takes at most this long to empty the queues: clients may come faster than it
/// accepts them.
constexpr milliseconds kLastRound{1000};
/// After this many clients the acceptor looks at the refused ones and the wake-up again.
constexpr int kAcceptAtOnce = 256;
/// What the acceptor waits for: its wake-up and the gate, then the listeners, then refused clients.
constexpr std::size_t kFirstListener = 2;

bool has_waiting_client(const net::Fd& listener) {
  pollfd polled{.fd = listener.get(), .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, 0) > 0;
}

}  // namespace

Acceptor::Acceptor(Listeners listeners, std::size_t refused_capacity, config::SchedPolicy policy, Serve serve,
                   ProxyGate& gate, ThreadShortage& shortage, log::Logger& log)
    : policy_(policy),
      serve_(std::move(serve)),
      gate_(gate),
      shortage_(shortage),
      refused_(refused_capacity),
      errors_(log),
      refusals_(log) {
  add_listeners(std::move(listeners.direct), true);
  add_listeners(std::move(listeners.proxied), false);
  polled_.reserve(kFirstListener + listeners_.size() + refused_capacity);  // so that waiting never needs memory
}

Acceptor::~Acceptor() {
  if (thread_.joinable()) {
    stop_accepting();
    close_gate();
    join();
  }
}

void Acceptor::add_listeners(net::Listeners listeners, bool are_direct) {
  const bool outlive = listeners.outlive_process;
  for (net::Fd& socket : listeners.sockets) {
    listeners_.push_back({std::move(socket), are_direct, outlive, outlive});
  }
}

void Acceptor::start() {
  thread_ = host::start_thread("cannot start the acceptor's thread", [this] { run(); });
}

void Acceptor::stop_accepting() {
  // Release here, acquire in the loop: the thread sees what the caller has set up for the drain before it accepts the
  // last clients.
  stopping_.store(true, std::memory_order_release);
  wakeup_.notify();
}

void Acceptor::close_gate() {
  gate_closing_.store(true, std::memory_order_relaxed);
  wakeup_.notify();
  gate_closed_.wait(false, std::memory_order_acquire);
}

void Acceptor::join() {
  if (thread_.joinable()) {
    thread_.join();
    refusals_.log_rest();
  }
}

void Acceptor::add_to(Totals& totals) const {
  errors_.add_to(totals);
  refusals_.add_to(totals);
}

void Acceptor::run() {
  enter_echo_thread("acceptor", policy_);
  while (is_accepting() || !gate_.empty() || !refused_.empty()) {
    wait();
    // Read before the queues are emptied, so that clients that are in a queue when the drain begins are still accepted.
    const bool last_round = is_accepting() && stopping_.load(std::memory_order_acquire);
    if (last_round) {
      errors_.end_pause();
      accept_last();
    } else {
      for (std::size_t i = 0; i < listeners_.size(); ++i) {
        if (polled_[kFirstListener + i].revents != 0) {
          accept_waiting(listeners_[i]);
        }
      }
    }
    const auto now = Clock::now();
    tend_gate(now);
    heartbeat_.beat(now);
  }
  ended_.store(true, std::memory_order_release);
}

void Acceptor::accept_last() {
  const auto end = Clock::now() + kLastRound;
  const auto goes_on = [&] { return !errors_.is_paused(Clock::now()) && Clock::now() < end; };
  for (Listener& listener : listeners_) {
    while (!listener.outlives_process && goes_on() && has_waiting_client(listener.fd)) {
      accept_waiting(listener);
    }
    listener.fd.reset();
  }
  listeners_.clear();
  listeners_closed_.store(true, std::memory_order_release);
}

void Acceptor::wait() {
  const auto now = Clock::now();
  shortage_.retry(now);
  const bool paused = errors_.is_paused(now);
  polled_.clear();
  // poll(2) passes over a negative descriptor.
  polled_.push_back({.fd = wakeup_.fd(), .events = POLLIN, .revents = 0});
  polled_.push_back({.fd = gate_.fd(), .events = POLLIN, .revents = 0});
  for (const Listener& listener : listeners_) {
    polled_.push_back({.fd = paused ? -1 : listener.fd.get(), .events = POLLIN, .revents = 0});
  }
  const std::size_t first_refused = polled_.size();
  refused_.append_to(polled_);
  ::poll(polled_.data(), polled_.size(), poll_timeout(now));
  if (polled_.front().revents != 0) {
    wakeup_.clear();
  }
  refused_.tend(polled_, first_refused, Clock::now());
}

int Acceptor::poll_timeout(Clock::time_point now) const {
  auto deadline =
      std::min({refused_.next_deadline(), shortage_.next_retry(), gate_.next_deadline(), heartbeat_.next(now)});
  if (errors_.is_paused(now)) {
    deadline = std::min(deadline, errors_.paused_until());
  }
  return net::poll_timeout(deadline, now);
}

void Acceptor::accept_waiting(Listener& listener) {
  if (errors_.is_paused(Clock::now())) {
    return;
  }
  for (int accepted = 0; accepted < kAcceptAtOnce; ++accepted) {
    switch (accept_one(listener)) {
      case Accepted::kClient:
        errors_.succeeded();
        break;
      case Accepted::kNothing:
        listener.has_older_clients = false;
        return;
      case Accepted::kError:
        if (errors_.is_paused(Clock::now())) {
          return;
        }
        break;
    }
    // Linux takes a descriptor and makes a socket before it looks at the queue. To ask first costs less than that, and
    // an accept4 that fails without a descriptor then means that a client really waits.
    if (!has_waiting_client(listener.fd)) {
      listener.has_older_clients = false;
      return;
    }
  }
}

Acceptor::Accepted Acceptor::accept_one(const Listener& listener) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const peer = reinterpret_cast<sockaddr*>(&storage);
  net::Fd client(::accept4(listener.fd.get(), peer, &length, SOCK_CLOEXEC));
  if (!client) {
    return accept_failed(errno);
  }
  try {
    const net::Endpoint endpoint(peer, length);
    if (listener.has_older_clients) {
      serve_.set_options(client.get());
    }
    auto refused = listener.is_direct ? serve_.direct(std::move(client), endpoint)
                                      : gate_.add(std::move(client), endpoint, refused_);
    if (refused) {
      refuse(*std::move(refused), endpoint);
    }
  } catch (const std::bad_alloc&) {
    return accept_failed(ENOMEM);  // only this client is lost
  }
  return Accepted::kClient;
}

void Acceptor::tend_gate(Clock::time_point now) {
  try {
    gate_.tend(now, refused_, [this](ProxyGate::Arrival arrival) { let_in(std::move(arrival)); });
    if (gate_closing_.load(std::memory_order_relaxed) && !is_accepting()) {
      gate_.close(refused_);
    }
  } catch (const std::bad_alloc&) {
    accept_failed(ENOMEM);  // only this client is lost
  }
  if (!is_accepting() && gate_.empty()) {
    gate_closed_.store(true, std::memory_order_release);
    gate_closed_.notify_all();
  }
}

void Acceptor::let_in(ProxyGate::Arrival arrival) {
  const net::Endpoint peer = arrival.peer;
  const net::Endpoint via = arrival.via;
  if (auto refused = serve_.proxied(std::move(arrival))) {
    refuse(*std::move(refused), peer, via);
  }
}

void Acceptor::refuse(Refused refused, const net::Endpoint& peer, const net::Endpoint& via) {
  refusals_.count(refused, peer, via);
  refused_.add(std::move(refused.client), Clock::now());
}

Acceptor::Accepted Acceptor::accept_failed(int error_number) {
  if (error_number == EAGAIN) {
    return Accepted::kNothing;
  }
  errors_.failed(error_number, Clock::now());
  return Accepted::kError;
}

}  // namespace threadecho::echo
