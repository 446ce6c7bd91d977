#include "report/merged_runs.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "cli/options.h"

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

/// Throws cli::UsageError.
void check_settings(const Run& first, const Run& other) {
  const Json wanted = comparable(first);
  const Json given = comparable(other);
  for (const auto& [name, value] : wanted.items()) {
    const Json theirs = given.value(name, Json());
    if (theirs != value) {
      throw cli::UsageError("results of different settings: " + name + " is " + value.dump() + " in " + first.source +
                            " and " + theirs.dump() + " in " + other.source +
                            "; --allow-different-settings merges them all the same");
    }
  }
}

/// Throws cli::UsageError.
void check(const std::vector<Run>& runs, bool allow_different_settings) {
  for (auto run = runs.begin(); run != runs.end(); ++run) {
    const auto same = std::find_if(runs.begin(), run, [&](const Run& other) {
      return other.started_at == run->started_at && other.json == run->json;
    });
    if (same != run) {
      throw cli::UsageError(run->source + " is the same result as " + same->source);
    }
    if (!allow_different_settings) {
      check_settings(runs.front(), *run);
    }
  }
}

std::uint64_t count_in(const Json& json, const char* member) {
  const Json& value = json.at(member);
  return value.is_null() ? 0 : value.get<std::uint64_t>();
}

void add(MergedRuns& merged, const Run& run) {
  const Json& json = run.json;
  merged.first_start = std::min(merged.first_start, run.started_at);
  merged.last_start = std::max(merged.last_start, run.started_at);
  merged.ended_early = merged.ended_early || json.at("ended_early").get<bool>();
  merged.measured_seconds = std::max(merged.measured_seconds, json.at("measured_seconds").get<double>());
  merged.messages_per_second += json.at("messages_per_second").get<double>();
  merged.bytes_per_second += json.at("bytes_per_second").get<double>();
  merged.messages += count_in(json, "messages");
  merged.missed_messages += count_in(json, "missed_messages");
  merged.opened += count_in(json, "connections_opened");
  merged.proved += count_in(json, "connections_proved");
  merged.errors_total += count_in(json, "errors_total");
  for (const auto& [kind, count] : json.at("errors").items()) {
    merged.errors[kind] = merged.errors.value(kind, std::uint64_t{0}) + count.get<std::uint64_t>();
  }
  const Json& outages = json.at("outages");
  merged.recovered += count_in(outages, "recovered");
  merged.outage_seconds += outages.at("total_seconds").get<double>();
  merged.longest_outage_seconds = std::max(merged.longest_outage_seconds, outages.at("longest_seconds").get<double>());
  merged.latency.add(run.latency);
  merged.connect.add(run.connect);
}

}  // namespace

std::string MergedRuns::name_of(const Run& run) const {
  std::set<std::string> hosts;
  for (const Run& one : runs) {
    hosts.insert(one.json.at("machine").at("hostname").get<std::string>());
  }
  return hosts.size() == runs.size() && !run.has_failed ? run.json.at("machine").at("hostname").get<std::string>()
                                                        : run.source;
}

MergedRuns merge(std::vector<Run> runs, bool allow_different_settings) {
  MergedRuns merged;
  for (Run& run : runs) {
    (run.has_failed ? merged.failed_runs : merged.runs).push_back(std::move(run));
  }
  if (merged.runs.empty()) {
    throw std::runtime_error(merged.failed_runs.empty()
                                 ? "there is no result"
                                 : "no run has a result: " +
                                       merged.failed_runs.front().json.at("error").at("message").get<std::string>());
  }
  merged.first_start = merged.last_start = merged.runs.front().started_at;
  check(merged.runs, allow_different_settings);
  for (const Run& run : merged.runs) {
    add(merged, run);
  }
  return merged;
}

}  // namespace threadecho::report
