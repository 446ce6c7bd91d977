#include "load/load_start.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "client/connector.h"
#include "client/resolver.h"
#include "client/wait.h"
#include "text/timestamps.h"

namespace threadecho::load {
namespace {

const net::Endpoint* first_source(const LoadOptions& options) {
  return options.sources.empty() ? nullptr : &options.sources.front();
}

/// The first of several addresses that answers takes all load: one result must not mix two servers. If no address
/// answers, only a run that connects again goes on. Without --wait, the name must have been looked up.
LoadStart find_target(const LoadOptions& options, client::Connector& connector, const LoadProgress& progress,
                      client::SignalFd& signals) {
  client::Connector::Outcome outcome;
  if (options.connect.wait.count() > 0) {
    std::string said;
    outcome = connector.connect_within(options.connect.wait, [&](const client::Connector::Outcome& failed) {
      if (std::exchange(said, failed.failure->text) != failed.failure->text) {
        progress.say("waiting: " + said);
      }
    });
  } else if (connector.addresses().size() == 1) {
    return {.target = connector.addresses().front()};
  } else {
    outcome.connected = client::connect_to_any(client::in_connecting_order(connector.addresses(), nullptr),
                                               options.timeout, &signals, first_source(options));
    if (!outcome.connected.fd && !signals.signal()) {
      outcome.failure = client::connect_failure(outcome.connected.attempts);
    }
  }
  const bool goes_on = outcome.connected.fd || options.reconnect || options.mode == LoadMode::kChurn;
  if (connector.addresses().empty() || !goes_on) {
    return {.target = {}, .failure = std::move(outcome.failure)};
  }
  for (const client::Attempt& attempt : outcome.connected.attempts) {
    if (attempt.error) {
      progress.say("not connected: " + client::failure_of(attempt).text);
    }
  }
  if (outcome.connected.fd) {
    const net::Endpoint target = outcome.connected.attempts.back().endpoint;
    return {.target = target, .first = std::move(outcome.connected)};
  }
  std::vector<net::Endpoint> candidates = client::in_connecting_order(connector.addresses(), nullptr);
  const net::Endpoint target = candidates.front();
  return {.target = target, .candidates = std::move(candidates), .first = std::move(outcome.connected)};
}

/// Returns early when a signal comes.
void wait_until(text::WallTime time, client::SignalFd& signals) {
  constexpr std::chrono::seconds kLongestSleep{1};  // the wall clock may be set meanwhile
  for (;;) {
    const std::chrono::nanoseconds left = time - std::chrono::system_clock::now();
    if (left.count() <= 0 || signals.signal()) {
      return;
    }
    const auto step = std::min<std::chrono::nanoseconds>(left, kLongestSleep);
    client::wait_for(-1, 0, std::chrono::steady_clock::now() + step, &signals);
  }
}

/// Waits for the time of --start-at, with the target's name looked up: a mistyped one shows at once, and no look-up
/// comes between that time and the first connect. The name is looked up again shortly before, since it may move in a
/// long wait. Returns why the last look-up failed; after one that succeeded the connector still has addresses. Returns
/// early when a signal comes.
std::optional<client::Failure> wait_for_start(const LoadOptions& options, client::Connector& connector,
                                              const LoadProgress& progress, client::SignalFd& signals) {
  constexpr std::chrono::seconds kLastLookUp{10};
  const bool waits_for_the_name = options.connect.wait.count() > 0;
  auto failure = waits_for_the_name ? std::nullopt : connector.look_up();
  if (failure || !options.start_at) {
    return failure;
  }
  progress.say("waits until " + text::format_timestamp(*options.start_at));
  if (!waits_for_the_name && *options.start_at - std::chrono::system_clock::now() > kLastLookUp) {
    wait_until(*options.start_at - kLastLookUp, signals);
    failure = connector.look_up();
    if (failure) {
      progress.say(failure->text + "; using the addresses found before");
    }
  }
  wait_until(*options.start_at, signals);
  return failure;
}

}  // namespace

client::Target target_of(const LoadOptions& options) {
  client::Target target = options.target;
  if (!options.sources.empty()) {
    target.family = options.sources.front().family();
  }
  return target;
}

LoadStart find_start(const LoadOptions& options, client::NameLookup& names, const LoadProgress& progress,
                     client::SignalFd& signals) {
  client::Connector connector(target_of(options), names, options.timeout, &signals, first_source(options));
  auto failure = wait_for_start(options, connector, progress, signals);
  const bool found_nothing = failure && connector.addresses().empty();
  if (found_nothing || signals.signal()) {
    return {.target = {}, .failure = std::move(failure)};
  }
  LoadStart start = find_target(options, connector, progress, signals);
  start.look_up_failure = std::move(failure);
  return start;
}

}  // namespace threadecho::load
