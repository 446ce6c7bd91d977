#include "load/load_client.h"

#include <sys/epoll.h>

#include <algorithm>
#include <string>
#include <utility>

#include "client/connector.h"
#include "load/load_allowance.h"
#include "net/tcp.h"

namespace threadecho::load {
namespace {

using State = LoadConnection::State;

// How soon the worker looks whether the run is over when a client will not connect again.
constexpr Nanoseconds kNextLook = 10 * kMillisecond;

}  // namespace

bool LoadClient::is_done() const noexcept {
  return connection_.state() == State::kClosed ||
         (state_->phase == Phase::kFinishing && connection_.state() == State::kOpen && connection_.is_idle());
}

void LoadClient::connect(Nanoseconds now) {
  const bool knows_one = state_->control.candidates.empty() || !state_->connected_to.empty();
  connect(knows_one ? std::vector{state_->target} : state_->control.candidates, now);
}

void LoadClient::connect(std::vector<net::Endpoint> addresses, Nanoseconds now) {
  const auto& sources = state_->context.options.sources;
  const net::Endpoint* const source = sources.empty() ? nullptr : &sources[connection_.index() % sources.size()];
  connect_began_ = now;
  ++state_->connecting;
  connection_.connect(state_->context.options, std::move(addresses), source, now);
  go_on_connecting(now);
}

void LoadClient::adopt(client::Connected connection, Nanoseconds now) {
  connect_began_ = now - connection.attempts.back().duration.count();
  connection_.adopt(state_->context, std::move(connection), now);
  on_open(now);
}

void LoadClient::go_on_connecting(Nanoseconds now) {
  std::optional<client::Connected> connected = connection_.continue_connect(now);
  if (!connected) {
    watch();
  } else if (!connected->fd) {
    fail(client::connect_failure(connected->attempts));
  } else {
    --state_->connecting;
    state_->incidents.connected(connected->attempts);
    connection_.adopt(state_->context, std::move(*connected), now);
    on_open(now);
  }
}

void LoadClient::reconnect(Nanoseconds now) {
  if (auto addresses = reconnect_.addresses(*state_, now)) {
    --state_->retrying;
    connect(std::move(*addresses), now);
  }
}

void LoadClient::handle(std::uint32_t events) {
  if (connection_.state() == State::kConnecting) {
    go_on_connecting(monotonic_now());
    return;
  }
  if (connection_.state() == State::kClosed) {
    return;
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
    receive(LoadConnection::Waiting::kNo);
  } else {
    send(monotonic_now());
  }
}

void LoadClient::receive(LoadConnection::Waiting waiting) {
  if (auto failure = connection_.receive(state_->context, waiting)) {
    fail(std::move(*failure));
    return;
  }
  after_receive();
  if (connection_.state() != State::kClosed && connection_.wants_to_write()) {
    // Reading the clock again would cost more than all else that is done here for a message.
    send(connection_.last_progress());
  } else {
    watch();
  }
}

void LoadClient::on_open(Nanoseconds now) {
  state_->context.recorder.open_connections.add(1);
  state_->openings.add(now, connection_.index(), connection_.fd(), connection_.peer());
  state_->connected(connection_.peer());
  reconnect_.opened();
  settle();
  if (state_->phase == Phase::kRunning || mode() == LoadMode::kHold) {
    load(now);
  } else {
    watch();
  }
}

void LoadClient::begin(Nanoseconds start) {
  if (connection_.state() == State::kOpen && mode() != LoadMode::kHold) {
    connect_began_ = start;
    load(start);
  }
}

void LoadClient::load(Nanoseconds now) {
  allow_at_start(connection_, *state_, now, connect_began_);
  send(now);
}

bool LoadClient::send_due(std::uint64_t round, Nanoseconds now) {
  if (connection_.state() != State::kOpen) {
    return false;
  }
  connection_.allow_due(state_->context.options, round, now);
  send(now);
  return true;
}

void LoadClient::after_receive() {
  if (connection_.state() == State::kDiagnosing) {
    if (state_->diagnosing++ == 0) {
      state_->next_check = 0;  // from now on more often
    }
    return;
  }
  if (connection_.completed() == 0) {
    return;
  }
  reconnect_.succeed();
  if (is_broken_) {
    is_broken_ = false;
    state_->incidents.recovered(incident_, monotonic_now() - lost_at_);
  }
  if (state_->phase == Phase::kFinishing && mode() == LoadMode::kHold && connection_.is_idle()) {
    state_->context.recorder.proved.add(1);
  }
  if (mode() == LoadMode::kChurn && connection_.is_idle()) {
    if (state_->context.options.close == LoadClose::kReset) {
      net::reset_on_close(connection_.fd());
    }
    close();
    if (state_->phase == Phase::kRunning) {
      connect(monotonic_now());
    }
  }
}

void LoadClient::send(Nanoseconds now) {
  if (auto failure = connection_.send(state_->context, now)) {
    fail(std::move(*failure));
    return;
  }
  watch();
}

void LoadClient::finish(Nanoseconds now) {
  reconnect_.cancel();
  if (connection_.state() == State::kConnecting) {
    close();
  } else if (connection_.state() == State::kOpen) {
    allow_at_end(connection_, state_->context.options, now);
    send(now);
  }
}

void LoadClient::check(Nanoseconds now, Nanoseconds held_up) {
  if (reconnect_.is_due(now)) {
    reconnect(now);
  } else if (connection_.state() == State::kConnecting) {
    if (now >= connection_.next_connect_step()) {
      go_on_connecting(now);
    }
  } else if (auto failure = connection_.check(state_->context, now, held_up)) {
    fail(std::move(*failure));
  }
}

void LoadClient::fail(client::Failure failure) {
  const Nanoseconds now = monotonic_now();
  if (mode() == LoadMode::kOpen && connection_.state() == State::kOpen) {
    state_->context.recorder.missed_messages.add(connection_.measured_in_flight(state_->context));
  }
  const bool was_idle = connection_.state() == State::kOpen && connection_.is_idle();
  const bool has_local = !is_broken_ && connection_.fd() >= 0;
  const std::string local = has_local ? net::Endpoint::local_of(connection_.fd()).to_string() : std::string();
  if (failure.kind == client::FailureKind::kEchoTimeout || failure.kind == client::FailureKind::kNotReading) {
    // A FIN says that the client still waits for its echo, so a server that has not read its bytes would keep it.
    net::reset_on_close(connection_.fd());
  }
  close();
  if (is_broken_) {
    state_->incidents.attempted(incident_, failure);
  } else {
    state_->context.recorder.failures.add(1);
    lost_at_ = was_idle ? now : connection_.last_progress();
    incident_ = state_->incidents.lost(
        {.at = now, .connection = connection_.index(), .local = local, .failure = std::move(failure)});
    // In a churn, each connection has an incident of its own.
    is_broken_ = mode() != LoadMode::kChurn;
  }
  settle();
  if ((state_->context.options.reconnect || mode() == LoadMode::kChurn) && state_->phase < Phase::kFinishing) {
    ++state_->retrying;
    state_->next_check = std::min(state_->next_check, reconnect_.schedule(now));
  } else {
    state_->next_check = std::min(state_->next_check, now + kNextLook);  // it may have been the last one
  }
}

void LoadClient::settle() {
  if (!has_settled_) {
    has_settled_ = true;
    if (state_->control.settled.fetch_add(1, std::memory_order_acq_rel) + 1 == state_->context.options.connections) {
      state_->control.to_main.notify();
    }
  }
}

void LoadClient::close() {
  if (connection_.state() == State::kConnecting) {
    --state_->connecting;
  } else if (connection_.state() != State::kClosed) {
    state_->context.recorder.open_connections.remove(1);
  }
  connection_.close();
  interest_.clear();
}

void LoadClient::watch() {
  if (connection_.state() == State::kConnecting) {
    interest_.add_connecting(state_->epoll.get(), connection_.take_new_sockets(), this);
  } else if (connection_.state() != State::kClosed) {
    interest_.set(state_->epoll.get(), connection_.fd(), connection_.wants_to_write(), this);
  }
}

}  // namespace threadecho::load
