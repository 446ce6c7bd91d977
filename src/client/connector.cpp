#include "client/connector.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "client/resolver.h"
#include "client/wait.h"
#include "text/durations.h"

namespace threadecho::client {

Connected connect_to_any(std::vector<net::Endpoint> addresses, std::chrono::milliseconds timeout, SignalFd* signals,
                         const net::Endpoint* source) {
  ConnectRace race(std::move(addresses), timeout, source);
  for (race.advance(ConnectRace::Clock::now()); !race.is_over(); race.advance(ConnectRace::Clock::now())) {
    if (wait_for_any(race.in_flight(), race.next_step(), signals) == Waited::kInterrupted) {
      break;
    }
  }
  return race.finish(ConnectRace::Clock::now());
}

void Connector::begin(Clock::time_point now) {
  race_.reset();
  addresses_.clear();
  look_up_failure_.reset();
  asked_ = now;
  names_.clear();
  names_.ask();
}

std::chrono::milliseconds Connector::look_up_patience() const {
  return known_.empty() ? timeout_ : patience_with_known_addresses(timeout_);
}

/// Whether the look-up is over.
bool Connector::advance_look_up(Clock::time_point now) {
  names_.clear();
  if (names_.has_answer(asked_)) {
    Resolution found = names_.answer();
    if (found.endpoints.empty()) {
      look_up_failure_ = name_failure(target_, found.reason);
    } else {
      known_ = std::move(found.endpoints);
    }
  } else if (now >= asked_ + look_up_patience()) {
    look_up_failure_ = name_failure(target_, "no answer within " + text::format_duration(look_up_patience()));
  } else {
    names_.ask();  // an earlier one that was given up may have ended just now
    return false;
  }
  addresses_ = known_;
  return true;
}

std::optional<Connector::Outcome> Connector::advance(Clock::time_point now) {
  if (!race_) {
    if (!advance_look_up(now)) {
      return std::nullopt;
    }
    if (addresses_.empty()) {
      return Outcome{.connected = {}, .failure = look_up_failure_, .look_up_failure = look_up_failure_};
    }
    race_.emplace(in_connecting_order(addresses_, last_good_ ? &*last_good_ : nullptr), timeout_, source_);
  }
  race_->advance(now);
  if (!race_->is_over()) {
    return std::nullopt;
  }
  return end_race(now);
}

Connector::Outcome Connector::end_race(Clock::time_point now) {
  Outcome outcome{.connected = race_->finish(now), .failure = {}, .look_up_failure = look_up_failure_};
  if (outcome.connected.fd) {
    last_good_ = outcome.connected.attempts.back().endpoint;
    return outcome;
  }
  outcome.failure = connect_failure(outcome.connected.attempts);
  if (look_up_failure_) {
    outcome.failure->text += "; " + look_up_failure_->text;
  }
  return outcome;
}

Connector::Outcome Connector::give_up(Clock::time_point now) {
  if (race_) {
    return end_race(now);
  }
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - asked_);
  look_up_failure_ = name_failure(target_, "no answer within " + text::format_duration(waited));
  return {.connected = {}, .failure = look_up_failure_, .look_up_failure = look_up_failure_};
}

std::vector<pollfd> Connector::entries() const {
  return race_ ? race_->in_flight() : std::vector<pollfd>{{.fd = names_.fd(), .events = POLLIN, .revents = 0}};
}

Connector::Clock::time_point Connector::next_step() const {
  return race_ ? race_->next_step() : asked_ + look_up_patience();
}

bool Connector::wait(Clock::time_point until) {
  return wait_for_any(entries(), std::min(next_step(), until), signals_) != Waited::kInterrupted;
}

std::optional<Failure> Connector::look_up() {
  for (begin(Clock::now()); !advance_look_up(Clock::now());) {
    if (!wait(Clock::time_point::max())) {
      break;
    }
  }
  return look_up_failure_;
}

Connector::Outcome Connector::connect(Clock::time_point give_up_at) {
  for (begin(Clock::now());;) {
    const auto now = Clock::now();
    if (auto outcome = advance(now)) {
      return std::move(*outcome);
    }
    if (now >= give_up_at) {
      return give_up(now);
    }
    if (!wait(give_up_at)) {
      return {};
    }
  }
}

Connector::Outcome Connector::connect_within(std::chrono::milliseconds patience,
                                             const std::function<void(const Outcome&)>& on_failure) {
  constexpr std::chrono::milliseconds kFirst{50};
  constexpr std::chrono::milliseconds kLongest{1000};
  const Deadline deadline = std::chrono::steady_clock::now() + patience;
  auto pause = kFirst;
  // Without patience, each address gets its full timeout.
  auto give_up_at = patience.count() > 0 ? std::max(deadline, Clock::now() + timeout_ + ConnectRace::kHeadStart)
                                         : Clock::time_point::max();
  for (;;) {
    Outcome outcome = connect(give_up_at);
    const auto now = Clock::now();
    if (!outcome.failure || now >= deadline) {
      return outcome;
    }
    on_failure(outcome);
    if (wait_for(-1, 0, std::min(now + pause, deadline), signals_) == Waited::kInterrupted) {
      return {};
    }
    pause = std::min(2 * pause, kLongest);
    give_up_at = std::max(deadline, Clock::now() + ConnectRace::kHeadStart);
  }
}

}  // namespace threadecho::client
