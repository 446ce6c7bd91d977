#include "compare/model_run.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

#include "compare/child_process.h"
#include "compare/compared_server.h"
#include "compare/interruption.h"
#include "compare/looks_under_load.h"
#include "compare/silent_clients.h"
#include "text/durations.h"
#include "text/numbers.h"

namespace threadecho::compare {
namespace {

using client::Json;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kWarmUp{500};
// For what takes milliseconds: a busy machine fails no comparison.
constexpr std::chrono::seconds kLongEnoughForLoad{60};
// How long after the end of the load a client that waits for a thread gives up.
constexpr std::chrono::seconds kLastWait{1};
constexpr std::chrono::seconds kTimeToEnd{1};
// How often to run the load if this machine stalls during each run.
constexpr int kLoads = 3;
// How often to look at the server meanwhile; each look costs it a millisecond at most.
constexpr int kLooks = 10;
constexpr milliseconds kShortestPause{10};
constexpr milliseconds kLongestPause{kWarmUp / 2};

std::vector<std::string> load_arguments(const net::Endpoint& server, const CompareOptions& options) {
  return {"load",
          server.to_string(),
          "--connections=" + std::to_string(options.clients),
          "--size=" + std::to_string(options.size),
          "--warmup=" + text::format_duration(kWarmUp),
          "--duration=" + text::format_duration(options.duration),
          "--timeout=" + text::format_duration(kWarmUp + options.duration + kLastWait),
          "--json",
          "--quiet"};
}

/// The child `load` of one model, and its result.
class LoadProcess {
 public:
  LoadProcess(ComparedServer& server, const ComparedModel& model, const CompareOptions& options,
              client::SignalFd& signals)
      : server_(server),
        name_("the load on " + model.name),
        signals_(signals),
        process_(load_arguments(server.echo(), options)) {}

  /// Whether it prints its result by the deadline.
  bool ends_by(client::Deadline deadline) { return wait_or_throw(process_.output(), POLLIN, deadline, signals_); }

  /// Waits for its result. Throws without one.
  Json result(client::Deadline deadline) {
    const auto line = process_.next_line(deadline, signals_);
    Json json = Json::parse(line.value_or(""), nullptr, false);
    if (json.is_object() && json.value("type", "") == "result") {
      return json;
    }
    process_.ends_by(SteadyClock::now() + kTimeToEnd, signals_);
    give_up(process_.last_words());
  }

  /// Throws if a client was lost, or if more clients got no echo than may wait for a thread: such a run compares
  /// nothing. Clients that waited for a thread fail when the load ends, except those that then get a thread that
  /// another client has left.
  void check(const Json& result, std::uint32_t may_wait) {
    const Json& errors = result.at("errors");
    const std::uint64_t without_echo =
        errors.value("echo_timeout", std::uint64_t{0}) + errors.value("not_reading", std::uint64_t{0});
    const std::uint64_t total = result.at("errors_total");
    if (total != without_echo || total > may_wait) {
      give_up(text::count_of(total, "error") + ", the first: " + result.at("error").value("message", ""));
    }
  }

 private:
  [[noreturn]] void give_up(const std::string& reason) {
    const std::string of_server = server_.reason_to_give_up();
    throw std::runtime_error(!of_server.empty() ? of_server : name_ + " failed: " + reason);
  }

  ComparedServer& server_;
  std::string name_;
  client::SignalFd& signals_;
  ChildProcess process_;
};

std::optional<double> growth(const std::optional<double>& before, const std::optional<double>& after) {
  return before && after ? std::optional(*after - *before) : std::nullopt;
}

std::optional<double> ratio(const std::optional<double>& value, const std::optional<double>& to) {
  return value && to && *to > 0 ? std::optional(*value / *to) : std::nullopt;
}

std::optional<nanoseconds> percentile_in(const Json& result, const char* name) {
  const Json& latency = result.at("latency");
  if (!latency.is_object() || !latency.contains(name) || !latency[name].is_number()) {
    return std::nullopt;  // too few messages
  }
  return nanoseconds(std::llround(latency[name].get<double>() * 1e9));
}

/// Looks until the load has run for its time, or has ended before because it failed or because this machine is slow.
std::optional<UnderLoad> watch(ComparedServer& server, LoadProcess& load, const CompareOptions& options) {
  LooksUnderLoad looks(options.clients, kWarmUp, options.duration);
  const milliseconds pause = std::clamp<milliseconds>(options.duration / kLooks, kShortestPause, kLongestPause);
  while (!looks.is_over() && !load.ends_by(SteadyClock::now() + (looks.has_begun() ? pause : kShortestPause))) {
    looks.add(server.metrics(), SteadyClock::now());
  }
  return looks.under_load();
}

WaitBehind measure_wait(std::uint32_t silent_clients, ComparedServer& server, milliseconds patience,
                        client::SignalFd& signals) {
  return wait_behind(
      silent_clients, server.echo(), [&server](std::uint32_t clients) { server.wait_until_used_by(clients); }, patience,
      signals);
}

std::uint32_t waiting_clients(const UnderLoad& seen, const CompareOptions& options) {
  return static_cast<std::uint32_t>(std::clamp<double>(*seen.end.connections_waiting, 0, options.clients));
}

struct Loaded {
  Json result;  ///< of the load
  UnderLoad seen;
};

/// Nothing if this machine stalled so long that no look saw all clients.
std::optional<Loaded> load_once(ComparedServer& server, const ComparedModel& model, const CompareOptions& options,
                                client::SignalFd& signals) {
  LoadProcess load(server, model, options, signals);
  const auto seen = watch(server, load, options);
  Json result = load.result(SteadyClock::now() + options.duration + kLongEnoughForLoad);
  load.check(result, seen ? waiting_clients(*seen, options) : options.clients);
  return seen ? std::optional(Loaded{std::move(result), *seen}) : std::nullopt;
}

void put_load(ComparedServer& server, ModelRun& run, const CompareOptions& options, client::SignalFd& signals) {
  ModelResult& result = run.result;
  // A first client and a first look make the server load code and keep memory, which must not count for the clients of
  // the load.
  measure_wait(0, server, kLongEnoughForLoad, signals);
  server.metrics();
  server.wait_until_used_by(0);
  const ServerMetrics idle = server.metrics();
  auto loaded = load_once(server, result.model, options, signals);
  for (int i = 1; !loaded && i < kLoads; ++i) {
    server.wait_until_used_by(0);
    loaded = load_once(server, result.model, options, signals);
  }
  if (!loaded) {
    throw std::runtime_error("this machine stalled during the load on " + result.model.name +
                             ": compare could not look at the server in that time; run it again");
  }
  const Json& of_load = loaded->result;
  const auto& [before, after] = loaded->seen;

  const auto messages = ratio(growth(before.echoed_bytes, after.echoed_bytes), static_cast<double>(options.size));
  result.clients_served = options.clients - waiting_clients(loaded->seen, options);
  result.context_switches_per_message = ratio(growth(before.context_switches, after.context_switches), messages);
  result.cpu_seconds_per_message = ratio(growth(before.cpu_seconds, after.cpu_seconds), messages);
  result.threads = after.threads;
  result.memory_bytes_per_client = ratio(growth(idle.resident_bytes, after.resident_bytes), options.clients);
  result.messages = of_load.at("messages");
  result.messages_per_second = of_load.at("messages_per_second");
  result.p50 = percentile_in(of_load, "p50_seconds");
  result.p99 = percentile_in(of_load, "p99_seconds");
  run.machine = of_load.at("machine");
}

}  // namespace

ModelRun run_model(const ComparedModel& model, const CompareOptions& options, client::SignalFd& signals,
                   const std::function<void(const std::string& what)>& say) {
  ModelRun run;
  run.result.model = model;
  say("starts");
  ComparedServer server(model, signals);
  say(text::count_of(options.clients, "client") + " for " + text::format_duration(options.duration));
  put_load(server, run, options, signals);
  for (const std::uint32_t silent : {1U, options.clients}) {
    if (!run.result.waits.empty() && silent == 1) {
      break;  // the same again
    }
    say("a client behind " + text::count_of(silent, "silent one"));
    server.wait_until_used_by(0);
    run.result.waits.push_back(measure_wait(silent, server, options.patience, signals));
  }
  return run;
}

}  // namespace threadecho::compare
