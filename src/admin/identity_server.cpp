#include "admin/identity_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include "echo/echo_thread.h"
#include "echo/log_lines.h"
#include "host/start_thread.h"
#include "net/poll_timeout.h"

namespace threadecho::admin {
namespace {

using echo::Clock;

/// Out of descriptors or memory: pause for this long, so that the thread does not spin.
constexpr std::chrono::milliseconds kIdentityPause{100};
/// After this many clients, the thread looks again at those that leave.
constexpr int kAnsweredAtOnce = 64;

}  // namespace

IdentityServer::IdentityServer(net::Listeners listeners, Identity identity, log::Logger& log)
    : listeners_(std::move(listeners)),
      endpoint_(net::Endpoint::local_of(listeners_.sockets.front().get())),
      identity_(std::move(identity)),
      log_(log) {
  polled_.reserve(1 + listeners_.sockets.size() + kMostClients);  // so that waiting never needs memory
}

IdentityServer::~IdentityServer() {
  stop_accepting();
  join();
}

void IdentityServer::start() {
  thread_ = host::start_thread("cannot start the thread of IDENTITY_PORT", [this] { run(); });
}

void IdentityServer::stop_accepting() {
  stopping_.store(true, std::memory_order_relaxed);
  wakeup_.notify();
}

void IdentityServer::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void IdentityServer::run() {
  echo::enter_echo_thread("identity", config::SchedPolicy::kOther);
  while (!listeners_.sockets.empty() || !leaving_.empty()) {
    wait();
    const bool last_round = stopping_.load(std::memory_order_relaxed);
    if (last_round ? !listeners_.outlive_process : Clock::now() >= paused_until_) {
      for (const net::Fd& listener : listeners_.sockets) {
        answer_waiting(listener);
      }
    }
    if (last_round) {
      listeners_.sockets.clear();
    }
  }
}

void IdentityServer::wait() {
  const auto now = Clock::now();
  const bool paused = now < paused_until_;
  polled_.clear();
  polled_.push_back({.fd = wakeup_.fd(), .events = POLLIN, .revents = 0});
  for (const net::Fd& listener : listeners_.sockets) {
    polled_.push_back({.fd = paused ? -1 : listener.get(), .events = POLLIN, .revents = 0});
  }
  const std::size_t first_leaving = polled_.size();
  leaving_.append_to(polled_);
  const auto deadline = paused ? std::min(paused_until_, leaving_.next_deadline()) : leaving_.next_deadline();
  ::poll(polled_.data(), polled_.size(), net::poll_timeout(deadline, now));
  if (polled_.front().revents != 0) {
    wakeup_.clear();
  }
  leaving_.tend(polled_, first_leaving, Clock::now());
}

void IdentityServer::answer_waiting(const net::Fd& listener) {
  for (int i = 0; i < kAnsweredAtOnce; ++i) {
    try {
      if (!answer_one(listener)) {
        return;
      }
    } catch (const std::exception&) {
      paused_until_ = Clock::now() + kIdentityPause;  // only this client is lost
      return;
    }
  }
}

bool IdentityServer::answer_one(const net::Fd& listener) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const peer = reinterpret_cast<sockaddr*>(&storage);
  net::Fd client(::accept4(listener.get(), peer, &length, SOCK_CLOEXEC));
  if (!client) {
    if (errno == EAGAIN) {
      return false;
    }
    paused_until_ = Clock::now() + kIdentityPause;
    echo::log_failed(log_, error_lines_, "cannot accept a client of IDENTITY_PORT", {errno, std::generic_category()});
    return false;
  }
  const net::Endpoint from(peer, length);
  const std::string line = identity_.line(net::Endpoint::local_of(client.get()), from, ++answered_);
  // The send buffer of a new socket has room for the line.
  ::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  leaving_.add(std::move(client), Clock::now());
  log_.debug("identity sent", {{"peer", from.text().view()}, {"number", answered_}});
  return true;
}

}  // namespace threadecho::admin
