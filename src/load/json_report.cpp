#include "load/json_report.h"

#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "client/json.h"
#include "text/durations.h"

namespace threadecho::load {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::in_seconds;

Json json_of(const LoadOptions& options) {
  Json json{{"mode", name_of(options.mode)},
            {"connections", options.connections},
            {"size", options.size},
            {"pipeline", options.pipeline},
            {"threads", options.threads},
            {"rate", options.mode == LoadMode::kOpen ? Json(options.rate) : Json(nullptr)},
            {"duration_seconds", in_seconds(options.duration)},
            {"warmup_seconds", in_seconds(options.warmup)},
            {"timeout_seconds", in_seconds(options.timeout)},
            {"reconnect", options.reconnect},
            {"sources", Json::array()}};
  for (const net::Endpoint& source : options.sources) {
    json["sources"].push_back(source.host());
  }
  return json;
}

/// What a reader needs to judge the figures.
Json machine() {
  utsname names{};
  ::uname(&names);
  std::string congestion_control;
  std::ifstream("/proc/sys/net/ipv4/tcp_congestion_control") >> congestion_control;
  return {{"kernel", std::string(names.sysname) + ' ' + names.release},
          {"architecture", names.machine},
          {"cores", std::thread::hardware_concurrency()},
          {"congestion_control", congestion_control}};
}

/// null when nothing was timed.
Json json_of(const stats::LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return nullptr;
  }
  constexpr std::array<std::pair<const char*, double>, 9> kPercentiles = {{{"p10", 10},
                                                                           {"p25", 25},
                                                                           {"p50", 50},
                                                                           {"p75", 75},
                                                                           {"p90", 90},
                                                                           {"p95", 95},
                                                                           {"p99", 99},
                                                                           {"p99.9", 99.9},
                                                                           {"p99.99", 99.99}}};
  Json json{{"count", latencies.count()}, {"min", latencies.min().count()}, {"mean", latencies.mean()}};
  for (const auto& [name, percent] : kPercentiles) {
    json[name] = latencies.percentile(percent).count();
  }
  json["max"] = latencies.max().count();
  return json;
}

Json errors(const LoadIncidents& incidents) {
  Json json = Json::object();
  for (const auto& [name, count] : incidents.counts()) {
    json[std::string(name)] = count;
  }
  return json;
}

Json json_of(const LoadIncidents& incidents, Nanoseconds began) {
  Json json = Json::array();
  for (const LoadIncident& incident : incidents.kept()) {
    json.push_back(
        {{"at_seconds", in_seconds(nanoseconds(incident.at - began))},
         {"connection", incident.connection},
         {"error", client::words_of(incident.failure.kind).load_name},
         {"detail", incident.failure.text},
         {"failed_attempts", incident.attempts},
         {"recovered_after_seconds",
          incident.recovered_after < 0 ? Json(nullptr) : Json(in_seconds(nanoseconds(incident.recovered_after)))}});
  }
  return json;
}

}  // namespace

std::string json_report(const LoadResult& result) {
  const bool holds = result.options.mode == LoadMode::kHold;
  const Json json{{"target", result.options.target.to_string()},
                  {"address", result.target.to_string()},
                  {"settings", json_of(result.options)},
                  {"machine", machine()},
                  {"clean", result.is_clean()},
                  {"ended_early", result.stopped_early},
                  {"measured_seconds", result.measured_seconds},
                  {"messages", result.messages},
                  {"messages_per_second", result.messages_per_second()},
                  {"bytes_per_second", result.bytes_per_second()},
                  {"missed_messages", result.missed_messages},
                  {"connections_opened", result.opened},
                  {"connections_proved", holds ? Json(result.proved) : Json(nullptr)},
                  {"latency_nanoseconds", json_of(result.latencies)},
                  {"connect_nanoseconds", json_of(result.connect_times)},
                  {"errors_total", result.incidents.total()},
                  {"errors", errors(result.incidents)},
                  {"recovered", result.incidents.total_recovered()},
                  {"incidents", json_of(result.incidents, result.began)}};
  return client::text_of(json, 2) + '\n';
}

}  // namespace threadecho::load
