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

/// Long enough to cost nothing while an error lasts, short enough to accept again well within a second after it.
constexpr milliseconds kPause{100};
/// Errors that concern one client (it gave up, a firewall objected) are no reason to pause, unless many come in a row.
constexpr int kErrorsInARowBeforePause = 16;
/// The queue is emptied within this when a drain begins, though clients may come faster than they can be taken.
constexpr milliseconds kLastRound{1000};
/// After so many clients the refused ones and the wake-up are looked at again.
constexpr int kAcceptAtOnce = 256;
/// What the acceptor waits for beside refused clients: its wake-up, two listeners, and the gate.
constexpr std::size_t kPolledAlways = 4;

/// Out of descriptors or memory: back off until some are freed.
bool is_exhaustion(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS || error_number == ENOMEM;
}

bool has_waiting_client(const net::Fd& listener) {
  pollfd polled{.fd = listener.get(), .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, 0) > 0;
}

}  // namespace

Acceptor::Acceptor(Listeners listeners, std::size_t refused_capacity, config::SchedPolicy policy, Serve serve,
                   ProxyGate& gate, ThreadShortage& shortage, log::Logger& log)
    : listeners_(std::move(listeners)),
      policy_(policy),
      serve_(std::move(serve)),
      gate_(gate),
      shortage_(shortage),
      log_(log),
      refused_(refused_capacity) {
  polled_.reserve(kPolledAlways + refused_capacity);  // so that waiting never needs memory
}

Acceptor::~Acceptor() {
  if (thread_.joinable()) {
    stop_accepting();
    close_gate();
    join();
  }
}

void Acceptor::start() {
  thread_ = host::start_thread("cannot start the acceptor's thread", [this] { run(); });
}

void Acceptor::stop_accepting() {
  // Release, and acquire in the loop: what the caller has set up for the drain is there for the last clients too.
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
    for (std::size_t i = 0; i < refusal_lines_.size(); ++i) {
      log_refused_before(log_, refusal_lines_[i], static_cast<RejectReason>(i));
    }
  }
}

void Acceptor::add_to(Totals& totals) const {
  for (std::size_t i = 0; i < errors_.size(); ++i) {
    totals.accept_errors[i] += errors_[i].value();
  }
  for (std::size_t i = 0; i < rejected_.size(); ++i) {
    totals.rejected[i] += rejected_[i].value();
  }
}

void Acceptor::run() {
  enter_echo_thread("acceptor", policy_);
  while (is_accepting() || !gate_.empty() || !refused_.empty()) {
    const Waiting waiting = wait();
    // Before the queues are emptied: a client that is in one when the drain begins is still taken.
    const bool last_round = is_accepting() && stopping_.load(std::memory_order_acquire);
    if (last_round) {
      paused_until_ = {};
    }
    if (waiting.direct) {
      accept_waiting(listeners_.direct);
    }
    if (waiting.proxied) {
      accept_waiting(listeners_.proxied);
    }
    if (last_round) {
      accept_last();
    }
    tend_gate(Clock::now());
  }
  ended_.store(true, std::memory_order_release);
}

void Acceptor::accept_last() {
  const auto end = Clock::now() + kLastRound;
  const auto goes_on = [&] { return Clock::now() >= paused_until_ && Clock::now() < end; };
  for (net::Fd* const listener : {&listeners_.direct, &listeners_.proxied}) {
    while (*listener && goes_on() && has_waiting_client(*listener)) {
      accept_waiting(*listener);
    }
    listener->reset();
  }
  listeners_closed_.store(true, std::memory_order_release);
}

Acceptor::Waiting Acceptor::wait() {
  const auto now = Clock::now();
  shortage_.retry(now);
  const bool paused = now < paused_until_;
  polled_.clear();
  // poll(2) passes over a negative descriptor.
  polled_.push_back({.fd = wakeup_.fd(), .events = POLLIN, .revents = 0});
  polled_.push_back({.fd = paused ? -1 : listeners_.direct.get(), .events = POLLIN, .revents = 0});
  polled_.push_back({.fd = paused ? -1 : listeners_.proxied.get(), .events = POLLIN, .revents = 0});
  polled_.push_back({.fd = gate_.fd(), .events = POLLIN, .revents = 0});
  refused_.append_to(polled_);
  ::poll(polled_.data(), polled_.size(), poll_timeout(now));
  if (polled_.front().revents != 0) {
    wakeup_.clear();
  }
  refused_.tend(polled_, kPolledAlways, Clock::now());
  return {.direct = polled_[1].revents != 0, .proxied = polled_[2].revents != 0};
}

int Acceptor::poll_timeout(Clock::time_point now) const {
  auto deadline = std::min({refused_.next_deadline(), shortage_.next_retry(), gate_.next_deadline()});
  if (now < paused_until_) {
    deadline = std::min(deadline, paused_until_);
  }
  return net::poll_timeout(deadline, now);
}

void Acceptor::accept_waiting(const net::Fd& listener) {
  if (Clock::now() < paused_until_) {
    return;
  }
  int accepted = 0;
  do {
    switch (accept_one(listener)) {
      case Accepted::kClient:
        errors_in_a_row_ = 0;
        break;
      case Accepted::kNothing:
        return;
      case Accepted::kError:
        if (++errors_in_a_row_ >= kErrorsInARowBeforePause) {
          paused_until_ = Clock::now() + kPause;
        }
        if (Clock::now() < paused_until_) {
          return;
        }
        break;
    }
    // Linux takes a descriptor and makes a socket before it looks at the queue. To ask first costs less than that, and
    // an accept4 that fails without a descriptor then means that a client really waits.
  } while (++accepted < kAcceptAtOnce && has_waiting_client(listener));
}

Acceptor::Accepted Acceptor::accept_one(const net::Fd& listener) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const peer = reinterpret_cast<sockaddr*>(&storage);
  net::Fd client(::accept4(listener.get(), peer, &length, SOCK_CLOEXEC));
  if (!client) {
    return accept_failed(errno);
  }
  try {
    const net::Endpoint endpoint(peer, length);
    const bool is_direct = &listener == &listeners_.direct;
    auto refused =
        is_direct ? serve_.direct(std::move(client), endpoint) : gate_.add(std::move(client), endpoint, refused_);
    if (refused) {
      refuse(*std::move(refused), endpoint);
    }
  } catch (const std::bad_alloc&) {
    return accept_failed(ENOMEM);  // the client is lost, the server is not
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
    accept_failed(ENOMEM);  // the client is lost, the server is not
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
  const std::size_t reason = index_of(refused.reason);
  log_refused(log_, refusal_lines_[reason], peer, refused.reason, refused.error, via);
  rejected_[reason].add(1);
  refused_.add(std::move(refused.client), Clock::now());
}

Acceptor::Accepted Acceptor::accept_failed(int error_number) {
  if (error_number == EAGAIN) {
    return Accepted::kNothing;
  }
  if (is_exhaustion(error_number)) {
    paused_until_ = Clock::now() + kPause;
  }
  errors_[index_of(accept_error_of(error_number))].add(1);
  log_failed(log_, error_lines_, "cannot accept a client", {error_number, std::generic_category()});
  return Accepted::kError;
}

}  // namespace threadecho::echo
