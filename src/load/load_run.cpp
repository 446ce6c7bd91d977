#include "load/load_run.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <string>

#include "client/resolver.h"
#include "load/worker_group.h"

namespace threadecho::load {
namespace {

constexpr std::chrono::seconds kProgressEvery{1};

double in_seconds(Nanoseconds time) { return static_cast<double>(time) / kSecond; }

std::string_view phase_at(const WorkerGroup& group, const LoadOptions& options, Nanoseconds now) {
  const std::chrono::nanoseconds running(now - group.start());
  if (!group.is_started()) {
    return "opening";
  }
  if (running < options.ramp) {
    return "ramp";
  }
  if (running < options.ramp + options.warmup) {
    return "warmup";
  }
  return running < options.ramp + options.warmup + options.duration ? "measured" : "ending";
}

/// Turns the live totals into what happened since the last snapshot.
class Snapshots {
 public:
  Snapshots(const LoadOptions& options, Nanoseconds began)
      : options_(options),
        opening_(options.ramps_connections() ? std::chrono::nanoseconds(options.ramp).count() : 0),
        began_(began),
        last_(began) {}

  LoadSnapshot take(const WorkerGroup& group, Nanoseconds now) {
    LoadSnapshot snapshot;
    std::uint64_t messages = 0;
    for (const auto& worker : group.workers()) {
      const LoadRecorder& recorder = worker->recorder();
      messages += recorder.messages.value();
      snapshot.open_connections += recorder.open_connections.value();
      snapshot.failures += recorder.failures.value();
      recorder.latencies.add_to(snapshot.latencies);
    }
    const stats::LatencyHistogram latencies = snapshot.latencies;
    snapshot.latencies.subtract(latencies_);
    snapshot.messages = messages - messages_;
    snapshot.seconds = in_seconds(now - began_);
    snapshot.seconds_since_last = in_seconds(now - last_);
    snapshot.taken_at = std::chrono::system_clock::now();
    snapshot.phase = phase_at(group, options_, now);
    snapshot.is_opening = !group.is_started() || now < group.start() + opening_;
    latencies_ = latencies;
    messages_ = messages;
    last_ = now;
    return snapshot;
  }

 private:
  const LoadOptions& options_;
  Nanoseconds opening_;
  Nanoseconds began_;
  Nanoseconds last_;
  std::uint64_t messages_ = 0;
  stats::LatencyHistogram latencies_;
};

/// Returns whether the user ended it.
bool wait_for_end(WorkerGroup& group, const LoadOptions& options, Nanoseconds began, const LoadHooks& hooks) {
  Snapshots snapshots(options, began);
  const std::chrono::nanoseconds interval =
      options.report_interval.count() > 0 ? std::chrono::nanoseconds(options.report_interval) : kProgressEvery;
  Nanoseconds next_progress = began + interval.count();
  bool stopped = false;
  while (!group.has_ended()) {
    std::array<pollfd, 2> waiting{
        {{.fd = group.wakeup().fd(), .events = POLLIN, .revents = 0},
         {.fd = stopped ? -1 : hooks.stop_fd, .events = POLLIN, .revents = 0}}};  // poll skips a negative descriptor
    const Nanoseconds wait = std::max<Nanoseconds>(next_progress - monotonic_now(), 0);
    ::poll(waiting.data(), waiting.size(), static_cast<int>(std::min<Nanoseconds>(wait / kMillisecond + 1, INT_MAX)));
    group.wakeup().clear();
    const Nanoseconds now = monotonic_now();
    if (!stopped && (waiting[1].revents & POLLIN) != 0) {
      stopped = true;
      group.stop();
      if (hooks.on_stop) {
        hooks.on_stop();
      }
    }
    if (!group.is_started() && group.is_settled()) {
      group.begin(now);
    }
    if (now >= next_progress) {
      // After a time in which this thread did not run, one snapshot stands for all that were missed.
      next_progress += ((now - next_progress) / interval.count() + 1) * interval.count();
      if (hooks.on_progress) {
        hooks.on_progress(snapshots.take(group, now));
      }
    }
  }
  return stopped;
}

void add_up(LoadResult& result, LoadWorker& worker) {
  const LoadRecorder& recorder = worker.recorder();
  // Whether the first message of a held connection comes back within the measured time is chance.
  result.messages += result.options.mode == LoadMode::kHold ? 0 : recorder.measured_messages.value();
  result.missed_messages += recorder.missed_messages.value();
  result.proved += recorder.proved.value();
  result.local_stalls.merge(recorder.local_stalls);
  recorder.latencies.add_to(result.latencies);
  recorder.connect_times.add_to(result.connect_times);
  result.incidents.merge(std::move(worker.incidents()));
  result.openings.merge(std::move(worker.openings()));
  for (const net::Endpoint& address : worker.connected_to()) {
    const auto is_known = [&](const net::Endpoint& known) { return client::is_same(known, address); };
    if (std::ranges::none_of(result.addresses, is_known)) {
      result.addresses.push_back(address);
    }
  }
}

}  // namespace

double LoadResult::messages_per_second() const {
  return measured_seconds > 0 ? static_cast<double>(messages) / measured_seconds : 0;
}

double LoadResult::bytes_per_second() const { return messages_per_second() * static_cast<double>(options.size); }

std::optional<client::Failure> failure_to_measure(const LoadResult& result) {
  const bool has_measured =
      result.measured_seconds > 0 && (result.messages > 0 || result.options.mode == LoadMode::kHold);
  if (result.incidents.total() > 0) {
    return std::nullopt;
  }
  if (has_measured) {
    const auto wanted = static_cast<std::uint64_t>(result.options.connections);
    if (result.options.mode == LoadMode::kChurn || result.stopped_early || result.opened >= wanted) {
      return std::nullopt;
    }
    return client::Failure{client::FailureKind::kOther, std::to_string(wanted - result.opened) + " of " +
                                                            std::to_string(wanted) + " connections were never opened"};
  }
  return client::Failure{client::FailureKind::kOther, result.measured_seconds > 0
                                                          ? "no message came back within the measured time"
                                                          : "the run ended before anything was measured"};
}

LoadResult run_load_test(const LoadOptions& options, const net::Endpoint& target, const LoadHooks& hooks,
                         client::Connected first) {
  LoadResult result;
  result.options = options;
  result.target = target;
  result.connects = first.attempts;
  result.began = monotonic_now();
  result.began_at = std::chrono::system_clock::now();
  WorkerGroup group(options, target, std::move(first), hooks);
  if (options.ramps_connections()) {
    group.begin(result.began);  // each connection is loaded as soon as it is open
  }
  group.start_threads();
  result.stopped_early = wait_for_end(group, options, result.began, hooks);
  group.join();
  group.rethrow();

  Nanoseconds end = 0;
  for (const auto& worker : group.workers()) {
    add_up(result, *worker);
    end = std::max(end, worker->ended_measuring());
  }
  result.incidents.sort();
  result.openings.sort();
  result.opened = result.connect_times.count();
  if (group.is_started()) {
    const Nanoseconds from = group.start() + std::chrono::nanoseconds(options.ramp + options.warmup).count();
    const Nanoseconds whole = std::chrono::nanoseconds(options.duration).count();
    const Nanoseconds measured = std::clamp<Nanoseconds>(end - from, 0, whole);
    result.measured_seconds = in_seconds(measured);
    result.stopped_early = result.stopped_early || measured < whole;
  }
  result.failure = failure_to_measure(result);
  return result;
}

}  // namespace threadecho::load
