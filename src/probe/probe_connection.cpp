#include "probe/probe_connection.h"

#include <random>
#include <utility>

#include "client/proxy_header.h"
#include "probe/probe_report.h"

namespace threadecho::probe {
namespace {

// So that bytes of one run are not mistaken for those of another.
client::Payload random_payload() { return client::Payload(std::random_device()() % client::Payload::kMaxConnections); }

}  // namespace

ProbeConnection::ProbeConnection(const ProbeOptions& options, client::NameLookup& names, ProbeResult& result,
                                 ProbeLines& lines, client::SignalFd* signals)
    : options_(options),
      result_(result),
      lines_(lines),
      connector_(options.target, names, options.timeout, signals),
      payload_(random_payload()),
      pause_(options.interval) {}

bool ProbeConnection::open_first() {
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

bool ProbeConnection::open() { return take(connector_.connect()); }

ProbeConnection::Step ProbeConnection::advance(Clock::time_point now, bool is_wanted) {
  if (!is_connecting_) {
    if (exchange_ || !is_wanted || now < pause_.over_at()) {
      return Step::kNone;
    }
    pause_.begin(now);
    connector_.begin(now);
    is_connecting_ = true;
  }
  auto outcome = connector_.advance(now);
  if (!outcome) {
    return Step::kNone;
  }
  is_connecting_ = false;
  if (take(std::move(*outcome))) {
    return Step::kOpened;
  }
  if (!failure_) {
    return Step::kNone;  // a signal came
  }
  pause_.fail();
  return Step::kFailed;
}

bool ProbeConnection::take(client::Connector::Outcome outcome) {
  keep(outcome);
  fd_ = std::move(outcome.connected.fd);
  failure_ = std::move(outcome.failure);
  if (!fd_) {
    return false;  // the failure names the attempts
  }
  if (outcome.look_up_failure) {
    lines_.add(outcome.look_up_failure->text + "; using its earlier addresses");
  }
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (attempt.error) {
      lines_.add(failed_attempt_line(attempt));
    }
  }
  peer_ = outcome.connected.attempts.back().endpoint.to_string();
  local_ = outcome.connected.attempts.back().local.to_string();
  lines_.add(connected_line(outcome.connected.attempts.back()));
  client::send_proxy_header(options_.proxy_protocol, fd_.get());
  exchange_.emplace(fd_.get(), payload_, options_.size);
  has_echoed_ = false;
  return true;
}

void ProbeConnection::keep(const client::Connector::Outcome& outcome) {
  if (outcome.look_up_failure) {
    ++result_.look_ups_failed[outcome.look_up_failure->text];
  }
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (++result_.attempts_in_all <= ProbeResult::kMostAttempts) {
      result_.attempts.push_back(attempt);
    }
  }
}

void ProbeConnection::succeed() {
  has_echoed_ = true;
  pause_.succeed();
}

void ProbeConnection::close() {
  exchange_.reset();
  fd_.reset();
  if (!has_echoed_) {
    pause_.fail();
  }
}

}  // namespace threadecho::probe
