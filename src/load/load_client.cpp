#include "load/load_client.h"

#include <sys/epoll.h>

#include <algorithm>
#include <string>
#include <utility>

#include "client/resolver.h"
#include "net/tcp.h"
#include "text/durations.h"

namespace threadecho::load {
namespace {

using State = LoadConnection::State;

constexpr Nanoseconds kFirstRetry = 10'000'000;
constexpr Nanoseconds kLongestRetry = 500'000'000;
constexpr std::chrono::milliseconds kFreshNames{1000};
constexpr std::chrono::milliseconds kFreshFailure{100};

}  // namespace

bool LoadClient::is_done() const noexcept {
  return connection_.state() == State::kClosed ||
         (state_->phase == Phase::kFinishing && connection_.state() == State::kOpen && connection_.is_idle());
}

void LoadClient::connect(std::vector<net::Endpoint> addresses, Nanoseconds now) {
  const auto& sources = state_->context.options.sources;
  const net::Endpoint* const source = sources.empty() ? nullptr : &sources[connection_.index() % sources.size()];
  connect_began_ = now;
  ++state_->connecting;
  if (auto failure = connection_.connect(state_->context, std::move(addresses), source, now)) {
    fail(std::move(*failure));
  } else {
    watch();
  }
}

void LoadClient::adopt(client::Connected connection, Nanoseconds now) {
  connect_began_ = now - connection.attempts.back().duration.count();
  connection_.adopt(state_->context, std::move(connection), now);
  on_open(now);
}

void LoadClient::go_on_connecting(Nanoseconds now) {
  if (auto failure = connection_.continue_connect(state_->context, now)) {
    fail(std::move(*failure));
  } else if (connection_.state() == State::kOpen) {
    --state_->connecting;
    if (!client::is_same(state_->target, connection_.peer())) {
      state_->target = connection_.peer();
      state_->moved_to.push_back(state_->target);
    }
    on_open(now);
  } else {
    watch();
  }
}

/// What was looked up within the last second: thousands of connections that are lost together take one look-up. Nothing
/// while it is to be waited for, until the next check.
std::optional<client::Resolution> LoadClient::look_up(Nanoseconds now) {
  client::NameLookup& names = *state_->names;
  // A slow answer to what this client asked counts too.
  const auto is_fresh = [&](std::chrono::nanoseconds age) {
    const Nanoseconds since = asked_at_ == 0 ? now - age.count() : std::min(now - age.count(), asked_at_);
    return names.has_answer(client::NameLookup::Clock::time_point(std::chrono::nanoseconds(since)));
  };
  if (is_fresh(kFreshNames)) {
    client::Resolution found = names.answer();
    if (!found.endpoints.empty() || is_fresh(kFreshFailure)) {
      asked_at_ = 0;
      return found;
    }
  }
  names.ask();
  asked_at_ = asked_at_ == 0 ? now : asked_at_;
  const auto patience = client::patience_with_known_addresses(state_->context.options.timeout);
  if (now - asked_at_ < std::chrono::nanoseconds(patience).count()) {
    return std::nullopt;
  }
  return client::Resolution{.endpoints = {}, .reason = "no answer within " + text::format_duration(patience)};
}

/// Where the name points now or, if that cannot be found out, where it did before.
void LoadClient::reconnect(Nanoseconds now) {
  if (state_->names != nullptr) {
    std::optional<client::Resolution> found = look_up(now);
    if (!found) {
      return;
    }
    if (found->endpoints.empty()) {
      state_->incidents.attempted(incident_, client::name_failure(state_->context.options.target, found->reason));
    } else {
      state_->known = std::move(found->endpoints);
    }
  }
  retry_at_ = 0;
  --state_->retrying;
  connect(
      state_->known.empty() ? std::vector{state_->target} : client::in_connecting_order(state_->known, &state_->target),
      now);
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
  asked_at_ = 0;
  state_->openings.add(now, connection_.index(), connection_.fd(), connection_.peer());
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
  const LoadOptions& options = state_->context.options;
  switch (options.mode) {
    case LoadMode::kClosed:
      if (state_->has_one_client) {
        connection_.let_receive_wait();
      }
      for (std::uint32_t i = 0; i < options.pipeline; ++i) {
        connection_.allow_message(options, now);
      }
      break;
    case LoadMode::kBulk:
      connection_.allow_everything();
      break;
    case LoadMode::kChurn:
      connection_.allow_message(options, connect_began_);
      break;
    case LoadMode::kHold:
      connection_.allow_message(options, now);
      break;
    case LoadMode::kOpen:  // waits until a message is due
      break;
  }
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
  retry_delay_ = 0;
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
      connect({state_->target}, monotonic_now());
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
  retry_at_ = 0;
  asked_at_ = 0;
  if (connection_.state() == State::kConnecting) {
    close();
  } else if (connection_.state() == State::kOpen) {
    connection_.allow_no_more(state_->context.options);
    if (mode() == LoadMode::kHold) {
      connection_.allow_message(state_->context.options, now);
    }
    send(now);
  }
}

void LoadClient::check(Nanoseconds now) {
  if (retry_at_ != 0 && now >= retry_at_) {
    reconnect(now);
  } else if (connection_.state() == State::kConnecting) {
    if (now >= connection_.next_connect_step()) {
      go_on_connecting(now);
    }
  } else if (auto failure = connection_.check(state_->context, now)) {
    fail(std::move(*failure));
  }
}

void LoadClient::fail(client::Failure failure) {
  const Nanoseconds now = monotonic_now();
  if (mode() == LoadMode::kOpen && connection_.state() == State::kOpen) {
    state_->context.recorder.missed_messages.add(connection_.measured_in_flight(state_->context));
  }
  const bool has_local = !is_broken_ && connection_.fd() >= 0;
  const std::string local = has_local ? net::Endpoint::local_of(connection_.fd()).to_string() : std::string();
  close();
  if (is_broken_) {
    state_->incidents.attempted(incident_, failure);
  } else {
    state_->context.recorder.failures.add(1);
    lost_at_ = now;
    incident_ = state_->incidents.lost(
        {.at = now, .connection = connection_.index(), .local = local, .failure = std::move(failure)});
    // In a churn, each connection has an incident of its own.
    is_broken_ = mode() != LoadMode::kChurn;
  }
  settle();
  if ((state_->context.options.reconnect || mode() == LoadMode::kChurn) && state_->phase < Phase::kFinishing) {
    retry_delay_ = std::clamp(2 * retry_delay_, kFirstRetry, kLongestRetry);
    retry_at_ = now + retry_delay_;
    ++state_->retrying;
    state_->next_check = std::min(state_->next_check, retry_at_);
  } else {
    state_->next_check = std::min(state_->next_check, now + kFirstRetry);  // it may have been the last one
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
