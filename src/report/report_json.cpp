#include "report/report_json.h"

#include <cstdint>
#include <map>
#include <string>

#include "client/latency_json.h"
#include "client/run_command.h"
#include "text/durations.h"

namespace threadecho::report {
namespace {

using client::Json;

Json without_histogram(Json latency) {
  if (latency.is_object()) {
    latency.erase("histogram");
  }
  return latency;
}

/// The error of the run that failed or lost something first.
Json error_of(const MergedRuns& merged) {
  if (!merged.failed_runs.empty()) {
    return merged.failed_runs.front().json.at("error");
  }
  const Run* first = nullptr;
  for (const Run& run : merged.runs) {
    if (!run.json.at("error").is_null() && (first == nullptr || run.started_at < first->started_at)) {
      first = &run;
    }
  }
  return first == nullptr ? Json(nullptr) : first->json.at("error");
}

Json counted(const std::map<std::string, std::uint64_t>& counts) {
  Json rows = Json::array();
  for (const auto& [message, count] : counts) {
    rows.push_back({{"message", message}, {"count", count}});
  }
  return rows;
}

Json incidents(const MergedRuns& merged) {
  Json all = Json::array();
  for (const Run& run : merged.runs) {
    for (const Json& incident : run.json.at("incidents")) {
      Json entry{{"source", run.source}};
      entry.update(incident);
      all.push_back(std::move(entry));
    }
  }
  return all;
}

Json sources(const MergedRuns& merged) {
  Json rows = Json::array();
  for (const Run& run : merged.runs) {
    Json row{{"source", run.source}, {"hostname", run.json.at("machine").at("hostname")}};
    for (const char* member : {"address", "started_at", "clean", "error", "ended_early", "measured_seconds", "messages",
                               "messages_per_second", "missed_messages", "errors_total"}) {
      row[member] = run.json.at(member);
    }
    for (const char* member : {"connects", "local_stalls"}) {  // results of version 0.1.0 lack them
      row[member] = run.json.value(member, Json());
    }
    row["latency"] = without_histogram(run.json.at("latency"));
    rows.push_back(std::move(row));
  }
  for (const Run& run : merged.failed_runs) {
    rows.push_back({{"source", run.source}, {"clean", false}, {"error", run.json.at("error")}});
  }
  return rows;
}

}  // namespace

std::string report_json(const MergedRuns& merged) {
  const Json json{{"type", "report"},
                  {"runs", merged.runs.size()},
                  {"failed_runs", merged.failed_runs.size()},
                  {"target", merged.has_one_target() ? merged.runs.front().json.at("target") : Json(nullptr)},
                  {"settings", merged.settings()},
                  {"different_settings", merged.different_settings},
                  {"started_at", text::format_timestamp(merged.first_start)},
                  {"start_spread_seconds", text::in_seconds(merged.last_start - merged.first_start)},
                  {"clean", merged.is_clean},
                  {"error", error_of(merged)},
                  {"ended_early", merged.ended_early},
                  {"measured_seconds", merged.measured_seconds},
                  {"messages", merged.messages},
                  {"messages_per_second", merged.messages_per_second},
                  {"bytes_per_second", merged.bytes_per_second},
                  {"missed_messages", merged.missed_messages},
                  {"connections_opened", merged.opened},
                  {"connections_proved", merged.has_held() ? Json(merged.proved) : Json(nullptr)},
                  {"latency", client::json_of(merged.latency)},
                  {"connect", client::json_of(merged.connect)},
                  {"errors_total", merged.errors_total},
                  {"errors", merged.errors},
                  {"outages",
                   {{"recovered", merged.recovered},
                    {"total_seconds", merged.outage_seconds},
                    {"longest_seconds", merged.longest_outage_seconds}}},
                  {"reconnects_failed", counted(merged.reconnects_failed)},
                  {"look_ups_failed", counted(merged.look_ups_failed)},
                  {"incidents", incidents(merged)},
                  {"sources", sources(merged)}};
  return client::text_of(json, -1) + '\n';
}

}  // namespace threadecho::report
