#include "probe/probe.h"

#include <poll.h>

#include <algorithm>
#include <string>
#include <utility>

#include "client/echo_exchange.h"
#include "client/wait.h"
#include "probe/open_messages.h"
#include "probe/probe_connection.h"
#include "probe/probe_lines.h"
#include "probe/probe_report.h"
#include "text/numbers.h"

namespace threadecho::probe {
namespace {

using Clock = std::chrono::steady_clock;

// A connection is silent if nothing came back for this long, and for longer than any echo took.
constexpr std::chrono::nanoseconds kSilence = std::chrono::seconds(1);

/// One run: sends a message at each interval, whatever has become of those before. Messages that are due while there is
/// no connection go out once it is there.
class Probe {
 public:
  Probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print, client::SignalFd* signals)
      : options_(options), lines_(print), signals_(signals), connection_(options, names, result_, lines_, signals) {}

  ProbeResult run();

 private:
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
  std::uint64_t last_ = 0;  ///< sequence of the message that was due last
  Clock::time_point last_due_{};
  Clock::time_point last_echo_{};
  ProbeResult result_;
  ProbeConnection connection_;
  OpenMessages open_{result_, lines_};
};

ProbeResult Probe::run() {
  const auto begin = Clock::now();
  result_.began_at = std::chrono::system_clock::now();
  if (connection_.open_first()) {
    open_.connected(connection_.local(), Clock::now());
    run_schedule();
    if (options_.half_close && !is_interrupted()) {
      check_half_close();
    }
  } else if (connection_.failure()) {
    result_.note(*connection_.failure());
  }
  lines_.flush();
  if (is_interrupted()) {
    result_.signal = signals_->signal();
  }
  result_.addresses = connection_.addresses();
  result_.duration = Clock::now() - begin;
  return std::move(result_);
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
    const auto earliest = connection_.is_open() ? last_due_ : std::max(last_due_, connection_.pause_over_at());
    return open_.empty() ? earliest : Clock::time_point::max();
  }
  return last_due_ + options_.interval;
}

void Probe::begin_message(Clock::time_point now) {
  const bool is_scheduled = last_ != 0 && options_.interval.count() != 0;
  last_due_ = is_scheduled ? last_due_ + options_.interval : now;
  open_.add(++last_, last_due_, now);
  if (connection_.is_open()) {
    connection_.exchange().add(last_);
  }
}

/// Connects if a message waits for it.
void Probe::go_on_connecting(Clock::time_point now) {
  switch (connection_.advance(now, !open_.empty())) {
    case ProbeConnection::Step::kOpened:
      open_.connected(connection_.local(), now);
      for (const OpenMessages::Message& message : open_) {
        connection_.exchange().add(message.sequence);
      }
      break;
    case ProbeConnection::Step::kFailed:
      open_.lose_all(*connection_.failure());
      break;
    case ProbeConnection::Step::kNone:
      break;
  }
}

void Probe::go_on_exchanging() {
  if (!connection_.is_open() || connection_.exchange().is_done()) {
    return;
  }
  const client::EchoExchange::Received received = connection_.exchange().receive();
  for (const client::EchoExchange::Echoed& message : received.echoed) {
    open_.echoed(message.round_trip, options_.size, connection_.peer());
    last_echo_ = Clock::now();
    connection_.succeed();
  }
  if (received.failure) {
    lose_connection(*received.failure);
  } else {
    connection_.exchange().send();
  }
}

/// Each message has its own time, with a connection or while it waits for one.
void Probe::give_up_late(Clock::time_point now) {
  while (!open_.empty() && now >= open_.first().since + options_.timeout) {
    if (connection_.is_open()) {
      lose_connection(connection_.exchange().timed_out());
    } else if (connection_.failure() && !connection_.is_connecting()) {
      open_.lose_first(*connection_.failure());
    } else {
      open_.lose_first(
          {client::FailureKind::kConnectTimeout, "timed out connecting to " + options_.target.to_string()});
    }
  }
}

/// A signal ended the probe. Messages in flight are lost if the connection is silent; otherwise they were cut short.
void Probe::settle_open() {
  go_on_exchanging();
  if (open_.empty()) {
    return;
  }
  const auto silence = Clock::now() - std::max(last_echo_, open_.first().since);
  if (silence > std::max(kSilence, result_.messages.round_trips().max())) {
    const std::string within = " within " + text::format_latency(silence) + ", when a signal ended the probe";
    if (connection_.is_open()) {
      client::Failure failure = connection_.exchange().timed_out();
      failure.text = "no echo" + within;
      lose_connection(failure);
    } else {
      open_.lose_all({client::FailureKind::kConnectTimeout, "no connection" + within});
    }
  }
  result_.messages.leave_unanswered(open_.size());
}

void Probe::lose_connection(const client::Failure& failure) {
  connection_.close();
  open_.lose_connection(failure);
}

Clock::time_point Probe::next_step() const {
  auto next = std::min(is_complete() ? Clock::time_point::max() : next_due(), lines_.next_flush());
  if (connection_.is_connecting()) {
    next = std::min(next, connection_.next_step());
  }
  if (!open_.empty()) {
    next = std::min(next, open_.first().since + options_.timeout);
    next = connection_.is_open() || connection_.is_connecting() ? next : std::min(next, connection_.pause_over_at());
  }
  return next;
}

void Probe::wait() {
  auto entries = connection_.is_connecting() ? connection_.entries() : std::vector<pollfd>{};
  if (connection_.is_open() && !connection_.exchange().is_done()) {
    entries.push_back({.fd = connection_.fd(), .events = connection_.exchange().events(), .revents = 0});
  }
  const auto until = std::max(next_step(), Clock::now());
  client::wait_for_any(std::move(entries), until, signals_);
  if (const auto late = Clock::now() - until; result_.local_stalls.note(late)) {
    lines_.add("this host did not run the probe for " + text::format_latency(late));
  }
}

void Probe::check_half_close() {
  HalfCloseResult check;
  if (!connection_.is_open() && !connection_.open()) {
    check.failure = connection_.failure();
  } else {
    const auto deadline = Clock::now() + options_.timeout;
    client::EchoResult echo = client::echo_once(connection_.fd(), connection_.payload(), last_ + 1, options_.size,
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

ProbeResult probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print,
                  client::SignalFd* signals) {
  return Probe(options, names, print, signals).run();
}

}  // namespace threadecho::probe
