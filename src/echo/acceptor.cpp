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
/// Errors that concern one client (it gave up, a firewall objected) are no reason to pause, unless there is nothing
/// else.
constexpr int kErrorsInARowBeforePause = 16;
/// The queue is emptied within this when a drain begins, though clients may come faster than they can be taken.
constexpr milliseconds kLastRound{1000};
/// After so many clients the refused ones and the wake-up are looked at again.
constexpr int kAcceptAtOnce = 256;

/// Out of descriptors or memory: back off until some are freed.
bool is_exhaustion(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS || error_number == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(net::Fd listener, std::size_t refused_capacity, config::SchedPolicy policy, Serve serve,
                   ThreadShortage& shortage, log::Logger& log)
    : listener_(std::move(listener)),
      policy_(policy),
      serve_(std::move(serve)),
      shortage_(shortage),
      log_(log),
      refused_(refused_capacity) {
  polled_.reserve(2 + refused_capacity);  // so that waiting never needs memory
}

Acceptor::~Acceptor() {
  if (thread_.joinable()) {
    stop_accepting();
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

void Acceptor::wait_until_closed() const { listener_closed_.wait(false, std::memory_order_acquire); }

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
  while (listener_ || !refused_.empty()) {
    const bool is_waiting = wait();
    // Before the queue is emptied: a client that is in it when the drain begins is still taken.
    const bool last_round = listener_ && stopping_.load(std::memory_order_acquire);
    if (last_round) {
      paused_until_ = {};
    }
    if (is_waiting || (last_round && has_waiting_client())) {
      accept_waiting();
    }
    if (last_round) {
      const auto end = Clock::now() + kLastRound;
      while (Clock::now() >= paused_until_ && Clock::now() < end && has_waiting_client()) {
        accept_waiting();
      }
      listener_.reset();
      listener_closed_.store(true, std::memory_order_release);
      listener_closed_.notify_all();
    }
  }
  ended_.store(true, std::memory_order_release);
}

bool Acceptor::wait() {
  const auto now = Clock::now();
  shortage_.retry(now);
  const bool paused = now < paused_until_;
  polled_.clear();
  polled_.push_back({.fd = wakeup_.fd(), .events = POLLIN, .revents = 0});
  // poll(2) passes over a negative descriptor.
  polled_.push_back({.fd = paused ? -1 : listener_.get(), .events = POLLIN, .revents = 0});
  const std::size_t first_refused = polled_.size();
  refused_.append_to(polled_);
  ::poll(polled_.data(), polled_.size(), poll_timeout(now));
  if (polled_.front().revents != 0) {
    wakeup_.clear();
  }
  refused_.tend(polled_, first_refused, Clock::now());
  return polled_[1].revents != 0;
}

int Acceptor::poll_timeout(Clock::time_point now) const {
  auto deadline = std::min(refused_.next_deadline(), shortage_.next_retry());
  if (now < paused_until_) {
    deadline = std::min(deadline, paused_until_);
  }
  return net::poll_timeout(deadline, now);
}

void Acceptor::accept_waiting() {
  if (!listener_ || Clock::now() < paused_until_) {
    return;
  }
  int accepted = 0;
  do {
    switch (accept_one()) {
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
  } while (++accepted < kAcceptAtOnce && has_waiting_client());
}

Acceptor::Accepted Acceptor::accept_one() {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const peer = reinterpret_cast<sockaddr*>(&storage);
  net::Fd client(::accept4(listener_.get(), peer, &length, SOCK_CLOEXEC));
  if (!client) {
    return accept_failed(errno);
  }
  try {
    const net::Endpoint endpoint(peer, length);
    if (auto refused = serve_(std::move(client), endpoint)) {
      refuse(*std::move(refused), endpoint);
    }
  } catch (const std::bad_alloc&) {
    return accept_failed(ENOMEM);  // the client is lost, the server is not
  }
  return Accepted::kClient;
}

void Acceptor::refuse(Refused refused, const net::Endpoint& peer) {
  const std::size_t reason = index_of(refused.reason);
  log_refused(log_, refusal_lines_[reason], peer, refused.reason, refused.error);
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

bool Acceptor::has_waiting_client() const {
  pollfd listener{.fd = listener_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&listener, 1, 0) > 0;
}

}  // namespace threadecho::echo
