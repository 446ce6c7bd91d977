#include "report/merged_runs.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

#include "cli/options.h"
#include "client/run_command.h"

namespace threadecho::report {
namespace {

using client::Json;

/// What makes results comparable: the target and the settings, without those in which machines may differ.
Json comparable(const Run& run) {
  Json settings = run.json.at("settings");
  for (const char* of_machine : {"threads", "sources", "start_at"}) {
    settings.erase(of_machine);
  }
  settings["target"] = run.json.at("target");
  return settings;
}

/// The settings that are not the same in all runs, with the value of each run; null where a run has no such setting.
Json different_settings(const std::vector<Run>& runs) {
  std::vector<Json> settings;
  std::ranges::transform(runs, std::back_inserter(settings), &comparable);
  std::vector<std::string> names;
  for (const Json& one : settings) {
    for (const auto& [name, value] : one.items()) {
      if (std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  Json different = Json::array();
  for (const std::string& name : names) {
    Json values = Json::array();
    for (const Json& one : settings) {
      values.push_back(one.value(name, Json()));
    }
    if (std::ranges::any_of(values, [&](const Json& value) { return value != values.front(); })) {
      different.push_back({{"name", name}, {"values", std::move(values)}});
    }
  }
  return different;
}

/// Throws cli::UsageError.
void refuse_same_results(const std::vector<Run>& runs) {
  for (auto run = runs.begin(); run != runs.end(); ++run) {
    const auto same = std::find_if(runs.begin(), run, [&](const Run& other) {
      return other.started_at == run->started_at && other.json == run->json;
    });
    if (same != run) {
      throw cli::UsageError(run->source + " is the same result as " + same->source);
    }
  }
}

[[noreturn]] void complain_of_different_settings(const MergedRuns& merged) {
  const Json& first = merged.different_settings.front();
  const Json& values = first.at("values");
  std::size_t other = 1;
  while (values.at(other) == values.front()) {
    ++other;
  }
  throw cli::UsageError("results of different settings: " + first.at("name").get<std::string>() + " is " +
                        values.front().dump() + " in " + merged.runs.front().source + " and " +
                        values.at(other).dump() + " in " + merged.runs.at(other).source +
                        "; --allow-different-settings merges them anyway");
}

/// The kind that the run told, so that a script can tell a name that was not found from another failure.
[[noreturn]] void complain_of_no_result(const std::vector<Run>& failed) {
  if (failed.empty()) {
    throw std::runtime_error("there is no result");
  }
  const Json& error = failed.front().json.at("error");
  throw client::CommandFailed(error.at("kind").get<std::string>(), "no run has a result: " + failed.front().source +
                                                                       ": " + error.at("message").get<std::string>());
}

std::uint64_t count_or_zero(const Json& json, const char* member) {
  const Json& value = json.at(member);
  return value.is_null() ? 0 : value.get<std::uint64_t>();
}

/// Throws cli::UsageError if the sum grows beyond what nanoseconds can hold.
void add_latencies(stats::LatencyHistogram& sum, const stats::LatencyHistogram& more, const std::string& source) {
  if (more.totals().sum > std::chrono::nanoseconds::max() - sum.totals().sum) {
    throw cli::UsageError(source + ": with it, the sum of all latencies is more than 292 years");
  }
  sum.add(more);
}

void add(MergedRuns& merged, const Run& run) {
  const Json& json = run.json;
  merged.first_start = std::min(merged.first_start, run.started_at);
  merged.last_start = std::max(merged.last_start, run.started_at);
  merged.ended_early = merged.ended_early || json.at("ended_early").get<bool>();
  merged.measured_seconds = std::max(merged.measured_seconds, json.at("measured_seconds").get<double>());
  merged.messages_per_second += json.at("messages_per_second").get<double>();
  merged.bytes_per_second += json.at("bytes_per_second").get<double>();
  merged.messages += count_or_zero(json, "messages");
  merged.missed_messages += count_or_zero(json, "missed_messages");
  merged.opened += count_or_zero(json, "connections_opened");
  merged.proved += count_or_zero(json, "connections_proved");
  merged.is_clean = merged.is_clean && json.at("clean").get<bool>();
  merged.errors_total += count_or_zero(json, "errors_total");
  for (const auto& [kind, count] : json.at("errors").items()) {
    merged.errors[kind] = merged.errors.value(kind, std::uint64_t{0}) + count.get<std::uint64_t>();
  }
  const Json& outages = json.at("outages");
  merged.recovered += count_or_zero(outages, "recovered");
  merged.outage_seconds += outages.at("total_seconds").get<double>();
  merged.longest_outage_seconds = std::max(merged.longest_outage_seconds, outages.at("longest_seconds").get<double>());
  for (const Json& failed : json.at("reconnects_failed")) {
    merged.reconnects_failed[failed.at("message").get<std::string>()] += count_or_zero(failed, "count");
  }
  for (const Json& failed : json.value("look_ups_failed", Json::array())) {  // results of version 0.1.0 lack it
    merged.look_ups_failed[failed.at("message").get<std::string>()] += count_or_zero(failed, "count");
  }
  add_latencies(merged.latency, run.latency, run.source);
  add_latencies(merged.connect, run.connect, run.source);
}

}  // namespace

bool MergedRuns::has_a_host_for_each() const {
  std::set<std::string> hosts;
  for (const Run& one : runs) {
    hosts.insert(one.json.at("machine").at("hostname").get<std::string>());
  }
  return runs.size() > 1 && hosts.size() == runs.size();
}

std::string MergedRuns::name_of(const Run& run) const {
  return has_a_host_for_each() ? run.json.at("machine").at("hostname").get<std::string>() : run.source;
}

client::Json MergedRuns::settings() const {
  client::Json settings = runs.front().json.at("settings");
  for (const auto& setting : settings.items()) {
    for (const Run& run : runs) {
      if (run.json.at("settings").value(setting.key(), client::Json()) != setting.value()) {
        setting.value() = nullptr;
      }
    }
  }
  return settings;
}

bool MergedRuns::has_one_target() const {
  return std::ranges::none_of(different_settings, [](const client::Json& one) { return one.at("name") == "target"; });
}

bool MergedRuns::has_held() const { return std::ranges::any_of(runs, &report::has_held); }

bool has_held(const Run& run) { return run.json.at("settings").at("mode") == "hold"; }

MergedRuns merge(std::vector<Run> runs, bool allow_different_settings) {
  MergedRuns merged;
  for (Run& run : runs) {
    (run.has_failed ? merged.failed_runs : merged.runs).push_back(std::move(run));
  }
  if (merged.runs.empty()) {
    complain_of_no_result(merged.failed_runs);
  }
  merged.first_start = merged.last_start = merged.runs.front().started_at;
  merged.is_clean = merged.failed_runs.empty();
  refuse_same_results(merged.runs);
  merged.different_settings = different_settings(merged.runs);
  if (!merged.different_settings.empty() && !allow_different_settings) {
    complain_of_different_settings(merged);
  }
  for (const Run& run : merged.runs) {
    add(merged, run);
  }
  return merged;
}

}  // namespace threadecho::report
