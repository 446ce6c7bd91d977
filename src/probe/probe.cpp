#include "probe/probe.h"

#include <poll.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "cli/exit_status.h"
#include "client/echo_exchange.h"
#include "client/payload.h"
#include "client/wait.h"
#include "probe/connect_pause.h"
#include "probe/open_messages.h"
#include "probe/probe_lines.h"
#include "probe/probe_report.h"
#include "text/numbers.h"

namespace threadecho::probe {
namespace {

using Clock = std::chrono::steady_clock;

// A connection is silent if nothing came back for this long, and for longer than any echo took.
constexpr std::chrono::nanoseconds kSilence = std::chrono::seconds(1);

// So that bytes of one run are not mistaken for those of another.
client::Payload random_payload() { return client::Payload(std::random_device()() % client::Payload::kMaxConnections); }

/// One run: sends a message at each interval, whatever has become of those before, and owns the connection, of which it
/// opens a new one after a failure. Messages that are due meanwhile go out once it is there.
class Probe {
 public:
  Probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print, client::SignalFd* signals)
      : options_(options),
        lines_(print),
        signals_(signals),
        connector_(options.target, names, options.timeout, signals),
        pause_(options.interval) {}

  ProbeResult run();

 private:
  bool connect_first();
  bool take(client::Connector::Outcome outcome);
  void keep(const client::Connector::Outcome& outcome);
  void run_schedule();
  void begin_message(Clock::time_point now);
  void go_on_connecting(Clock::time_point now);
  void go_on_exchanging();
  void give_up_late(Clock::time_point now);
  void settle_open();
  [[nodiscard]] bool is_complete() const { return options_.count != 0 && last_ == options_.count; }
  [[nodiscard]] Clock::time_point next_due() const;
  [[nodiscard]] Clock::time_point next_step() const;
  void wait();
  void check_half_close();
  void lose_connection(const client::Failure& failure);
  [[nodiscard]] bool is_interrupted() const { return signals_ != nullptr && signals_->signal(); }

  const ProbeOptions& options_;
  ProbeLines lines_;
  client::SignalFd* signals_;
  client::Connector connector_;
  const client::Payload payload_ = random_payload();
  net::Fd connection_;
  std::optional<client::EchoExchange> exchange_;  ///< on the connection
  bool is_connecting_ = false;
  std::string peer_;                                ///< of the connection
  std::optional<client::Failure> connect_failure_;  ///< of the last attempt, if it failed
  std::uint64_t last_ = 0;                          ///< sequence of the message that was due last
  Clock::time_point last_due_{};
  Clock::time_point last_echo_{};
  bool has_echoed_ = false;  ///< on the connection
  ConnectPause pause_;
  ProbeResult result_;
  OpenMessages open_{result_, lines_};
};

ProbeResult Probe::run() {
  const auto begin = Clock::now();
  result_.began_at = std::chrono::system_clock::now();
  if (connect_first()) {
    run_schedule();
    if (options_.half_close && !is_interrupted()) {
      check_half_close();
    }
  } else if (connect_failure_) {
    result_.note(*connect_failure_);
  }
  lines_.flush();
  if (is_interrupted()) {
    result_.signal = signals_->signal();
  }
  result_.addresses = connector_.addresses();
  result_.duration = Clock::now() - begin;
  return std::move(result_);
}

/// Waits for the target as long as it is told to.
bool Probe::connect_first() {
  std::string said;
  pause_.begin(Clock::now());
  const auto begin = [this] {
    if (result_.addresses.empty() && !connector_.addresses().empty()) {
      result_.addresses = connector_.addresses();
      lines_.add(begin_line(options_, result_.addresses));
    }
  };
  auto outcome = connector_.connect_within(options_.connect.wait, [&](const client::Connector::Outcome& failed) {
    begin();
    keep(failed);
    if (std::exchange(said, failed.failure->text) != failed.failure->text) {
      lines_.add("waiting: " + said);
    }
  });
  begin();
  return take(std::move(outcome));
}

/// False without a failure when a signal came.
bool Probe::take(client::Connector::Outcome outcome) {
  keep(outcome);
  connection_ = std::move(outcome.connected.fd);
  connect_failure_ = std::move(outcome.failure);
  if (!connection_) {
    return false;  // the failure names the attempts
  }
  if (outcome.look_up_failure) {
    lines_.add(outcome.look_up_failure->text + "; its earlier addresses are used");
  }
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (attempt.error) {
      lines_.add(failed_attempt_line(attempt));
    }
  }
  peer_ = outcome.connected.attempts.back().endpoint.to_string();
  lines_.add(connected_line(outcome.connected.attempts.back()));
  exchange_.emplace(connection_.get(), payload_, options_.size);
  has_echoed_ = false;
  for (const OpenMessages::Message& message : open_) {
    exchange_->add(message.sequence);
  }
  return true;
}

void Probe::keep(const client::Connector::Outcome& outcome) {
  if (outcome.look_up_failure) {
    ++result_.look_ups_failed[outcome.look_up_failure->text];
  }
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (++result_.attempts_in_all <= ProbeResult::kMostAttempts) {
      result_.attempts.push_back(attempt);
    }
  }
}

void Probe::run_schedule() {
  while (!is_interrupted()) {
    const auto now = Clock::now();
    lines_.flush_late(now);
    while (!is_complete() && next_due() <= now) {
      begin_message(now);
    }
    go_on_connecting(now);
    go_on_exchanging();
    give_up_late(now);  // what came until then has been taken
    if (is_complete() && open_.empty()) {
      return;
    }
    wait();
  }
  settle_open();
}

/// Without an interval, when all before is settled.
Clock::time_point Probe::next_due() const {
  if (last_ == 0) {
    return Clock::time_point::min();
  }
  if (options_.interval.count() == 0) {
    const auto earliest = exchange_ ? last_due_ : std::max(last_due_, pause_.over_at());
    return open_.empty() ? earliest : Clock::time_point::max();
  }
  return last_due_ + options_.interval;
}

void Probe::begin_message(Clock::time_point now) {
  const bool is_scheduled = last_ != 0 && options_.interval.count() != 0;
  last_due_ = is_scheduled ? last_due_ + options_.interval : now;
  open_.add(++last_, last_due_, now);
  if (exchange_) {
    exchange_->add(last_);
  }
}

/// Connects if a message waits for it.
void Probe::go_on_connecting(Clock::time_point now) {
  if (!is_connecting_) {
    if (exchange_ || open_.empty() || now < pause_.over_at()) {
      return;
    }
    pause_.begin(now);
    connector_.begin(now);
    is_connecting_ = true;
  }
  auto outcome = connector_.advance(now);
  if (!outcome) {
    return;
  }
  is_connecting_ = false;
  if (!take(std::move(*outcome)) && connect_failure_) {
    pause_.fail();
    open_.lose_all(*connect_failure_);
  }
}

void Probe::go_on_exchanging() {
  if (!exchange_ || exchange_->is_done()) {
    return;
  }
  const client::EchoExchange::Received received = exchange_->receive();
  for (const client::EchoExchange::Echoed& message : received.echoed) {
    open_.echoed(message.round_trip, echo_line(options_.size, peer_, message.sequence, message.round_trip));
    last_echo_ = Clock::now();
    has_echoed_ = true;
    pause_.succeed();
  }
  if (received.failure) {
    lose_connection(*received.failure);
  } else {
    exchange_->send();
  }
}

/// Each message has its own time, with a connection or while it waits for one.
void Probe::give_up_late(Clock::time_point now) {
  while (!open_.empty() && now >= open_.first().since + options_.timeout) {
    if (exchange_) {
      lose_connection(exchange_->timed_out());
    } else if (connect_failure_ && !is_connecting_) {
      open_.lose_first(*connect_failure_);
    } else {
      open_.lose_first(
          {client::FailureKind::kConnectTimeout, "timed out connecting to " + options_.target.to_string()});
    }
  }
}

/// A signal ended the probe: what is out is lost if nothing comes back any more, and else was cut short.
void Probe::settle_open() {
  go_on_exchanging();
  if (open_.empty()) {
    return;
  }
  const auto silence = Clock::now() - std::max(last_echo_, open_.first().since);
  if (silence > std::max(kSilence, result_.messages.round_trips().max())) {
    const std::string within = " within " + text::format_latency(silence) + ", when a signal ended the probe";
    if (exchange_) {
      client::Failure failure = exchange_->timed_out();
      failure.text = "no echo" + within;
      lose_connection(failure);
    } else {
      open_.lose_all({client::FailureKind::kConnectTimeout, "no connection" + within});
    }
  }
  result_.messages.leave_unanswered(open_.size());
}

void Probe::lose_connection(const client::Failure& failure) {
  exchange_.reset();
  connection_.reset();
  if (!has_echoed_) {
    pause_.fail();
  }
  open_.lose_connection(failure);
}

Clock::time_point Probe::next_step() const {
  auto next = std::min(is_complete() ? Clock::time_point::max() : next_due(), lines_.next_flush());
  if (is_connecting_) {
    next = std::min(next, connector_.next_step());
  }
  if (!open_.empty()) {
    next = std::min(next, open_.first().since + options_.timeout);
    next = exchange_ || is_connecting_ ? next : std::min(next, pause_.over_at());
  }
  return next;
}

void Probe::wait() {
  std::vector<pollfd> entries = is_connecting_ ? connector_.entries() : std::vector<pollfd>{};
  if (exchange_ && !exchange_->is_done()) {
    entries.push_back({.fd = connection_.get(), .events = exchange_->events(), .revents = 0});
  }
  const auto until = std::max(next_step(), Clock::now());
  client::wait_for_any(std::move(entries), until, signals_);
  if (const auto late = Clock::now() - until; result_.local_stalls.note(late)) {
    lines_.add("this host did not run the probe for " + text::format_latency(late));
  }
}

void Probe::check_half_close() {
  HalfCloseResult check;
  if (!connection_ && !take(connector_.connect())) {
    check.failure = connect_failure_;
  } else {
    const auto deadline = Clock::now() + options_.timeout;
    client::EchoResult echo = client::echo_once(connection_.get(), payload_, last_ + 1, options_.size,
                                                client::AfterSending::kHalfClose, deadline, signals_);
    check = {.duration = echo.duration, .failure = std::move(echo.failure)};
  }
  if (is_interrupted()) {
    return;
  }
  lines_.add(half_close_line(options_.size, check), check.failure ? Line::kFailure : Line::kUsual);
  if (check.failure) {
    result_.note(*check.failure);
  }
  result_.half_close = std::move(check);
}

}  // namespace

int ProbeResult::exit_status() const {
  if (failure) {
    return client::words_of(failure->kind).exit_status;
  }
  return signal && messages.echoed() == 0 ? cli::kEndedBySignal + *signal : 0;
}

void ProbeResult::note(const client::Failure& found) {
  if (!failure) {
    failure = found;
  }
}

ProbeResult probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print,
                  client::SignalFd* signals) {
  return Probe(options, names, print, signals).run();
}

}  // namespace threadecho::probe
