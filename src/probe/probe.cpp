#include "probe/probe.h"

#include <random>
#include <utility>

#include "cli/exit_status.h"
#include "client/echo_exchange.h"
#include "client/payload.h"
#include "client/wait.h"
#include "probe/probe_report.h"

namespace threadecho::probe {
namespace {

using Clock = std::chrono::steady_clock;

// So that bytes of one run are not mistaken for those of another.
client::Payload random_payload() { return client::Payload(std::random_device()() % client::Payload::kMaxConnections); }

/// One run: owns the connection, and opens a new one after a failure.
class Probe {
 public:
  Probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print, client::SignalFd* signals)
      : options_(options),
        print_(print),
        signals_(signals),
        connector_(options.target, names, options.timeout, signals) {}

  ProbeResult run();

 private:
  bool connect_first();
  bool connect() { return take(connector_.connect()); }
  bool take(client::Connector::Outcome outcome);
  void send_messages();
  void send_message(std::uint64_t sequence);
  void check_half_close();
  [[nodiscard]] client::EchoResult exchange(std::uint64_t sequence, client::AfterSending after);
  void lose(std::uint64_t sequence, client::Failure failure);
  void note(const client::Failure& failure);
  [[nodiscard]] bool is_interrupted() const { return signals_ != nullptr && signals_->signal(); }

  const ProbeOptions& options_;
  const PrintLine& print_;
  client::SignalFd* signals_;
  client::Connector connector_;
  const client::Payload payload_ = random_payload();
  net::Fd connection_;
  std::string peer_;                                ///< of the connection
  std::optional<client::Failure> connect_failure_;  ///< of the last attempt, if it failed
  ProbeResult result_;
};

ProbeResult Probe::run() {
  const auto begin = Clock::now();
  if (connect_first()) {
    send_messages();
    if (options_.half_close && !is_interrupted()) {
      check_half_close();
    }
  } else if (connect_failure_) {
    note(*connect_failure_);
  }
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
  const auto begin = [this] {
    if (result_.addresses.empty() && !connector_.addresses().empty()) {
      result_.addresses = connector_.addresses();
      print_(begin_line(options_, result_.addresses));
    }
  };
  auto outcome = connector_.connect_within(options_.connect.wait, [&](const client::Connector::Outcome& failed) {
    begin();
    if (std::exchange(said, failed.failure->text) != failed.failure->text) {
      print_("waiting: " + said);
    }
  });
  begin();
  return take(std::move(outcome));
}

/// False without a failure when a signal came.
bool Probe::take(client::Connector::Outcome outcome) {
  connection_ = std::move(outcome.connected.fd);
  connect_failure_ = std::move(outcome.failure);
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (++result_.attempts_in_all <= ProbeResult::kMostAttempts) {
      result_.attempts.push_back(attempt);
    }
    if (attempt.error && connection_) {  // else the failure names it
      print_(failed_attempt_line(attempt));
    }
  }
  if (connection_) {
    peer_ = outcome.connected.attempts.back().endpoint.to_string();
    print_(connected_line(outcome.connected.attempts.back()));
  }
  return static_cast<bool>(connection_);
}

void Probe::send_messages() {
  for (std::uint64_t sequence = 1; options_.count == 0 || sequence <= options_.count; ++sequence) {
    const auto due = Clock::now() + options_.interval;
    send_message(sequence);
    const bool is_last = sequence == options_.count;
    if (is_interrupted() || (!is_last && client::wait_for(-1, 0, due, signals_) == client::Waited::kInterrupted)) {
      return;
    }
  }
}

client::EchoResult Probe::exchange(std::uint64_t sequence, client::AfterSending after) {
  // Each message is another part of the stream.
  const std::uint64_t stride = (options_.size / client::Payload::kWordSize + 1) * client::Payload::kWordSize;
  std::vector<std::byte> message(options_.size);
  payload_.fill(sequence * stride, message);
  return client::echo_once(connection_.get(), message, after, Clock::now() + options_.timeout, signals_);
}

void Probe::send_message(std::uint64_t sequence) {
  if (!connection_ && !connect()) {
    if (connect_failure_) {
      lose(sequence, *connect_failure_);
    }
    return;
  }
  client::EchoResult echo = exchange(sequence, client::AfterSending::kStayOpen);
  if (echo.interrupted) {
    return;
  }
  if (echo.failure) {
    connection_.reset();
    lose(sequence, std::move(*echo.failure));
    return;
  }
  result_.messages.add_echoed(echo.round_trip);
  print_(echo_line(options_.size, peer_, sequence, echo.round_trip));
}

void Probe::check_half_close() {
  HalfCloseResult check;
  if (!connection_ && !connect()) {
    check.failure = connect_failure_;
  } else {
    client::EchoResult echo = exchange(result_.messages.sent() + 1, client::AfterSending::kHalfClose);
    if (echo.interrupted) {
      return;
    }
    check = {.duration = echo.round_trip, .failure = std::move(echo.failure)};
    connection_.reset();
  }
  if (is_interrupted()) {
    return;
  }
  print_(half_close_line(options_.size, check));
  if (check.failure) {
    note(*check.failure);
  }
  result_.half_close = std::move(check);
}

void Probe::lose(std::uint64_t sequence, client::Failure failure) {
  print_(lost_line(sequence, failure));
  note(failure);
  result_.messages.add_lost(std::move(failure));
}

void Probe::note(const client::Failure& failure) {
  if (!result_.failure) {
    result_.failure = failure;
  }
}

}  // namespace

int ProbeResult::exit_status() const {
  if (failure) {
    return client::words_of(failure->kind).exit_status;
  }
  return signal && messages.echoed() == 0 ? cli::kEndedBySignal + *signal : 0;
}

ProbeResult probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print,
                  client::SignalFd* signals) {
  return Probe(options, names, print, signals).run();
}

}  // namespace threadecho::probe
