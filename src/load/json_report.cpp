#include "load/json_report.h"

#include <sys/utsname.h>

#include <fstream>
#include <string>
#include <thread>

#include "client/attempt_json.h"
#include "client/json.h"
#include "client/latency_json.h"
#include "client/run_command.h"
#include "load/local_ports.h"
#include "text/durations.h"
#include "text/timestamps.h"

namespace threadecho::load {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::in_seconds;

Json json_of(const LoadOptions& options) {
  Json json{{"mode", name_of(options.mode)},
            {"connections", options.connections},
            {"size_bytes", options.size},
            {"pipeline", options.pipeline},
            {"threads", options.threads},
            {"rate", options.mode == LoadMode::kOpen ? Json(options.rate) : Json(nullptr)},
            {"close", options.mode == LoadMode::kChurn ? Json(name_of(options.close)) : Json(nullptr)},
            {"ramp_seconds", in_seconds(options.ramp)},
            {"duration_seconds", in_seconds(options.duration)},
            {"warmup_seconds", in_seconds(options.warmup)},
            {"timeout_seconds", in_seconds(options.timeout)},
            {"reconnect", options.reconnect},
            {"proxy_protocol", client::or_null(client::name_of(options.proxy_protocol))},
            {"start_at", options.start_at ? Json(text::format_timestamp(*options.start_at)) : Json(nullptr)},
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
  return {{"hostname", names.nodename},
          {"kernel", std::string(names.sysname) + ' ' + names.release},
          {"architecture", names.machine},
          {"cores", std::thread::hardware_concurrency()},
          {"congestion_control", congestion_control}};
}

Json errors(const LoadIncidents& incidents) {
  Json json = Json::object();
  for (const auto& [name, count] : incidents.counts()) {
    json[std::string(name)] = count;
  }
  return json;
}

Json outages(const LoadIncidents& incidents) {
  return {{"recovered", incidents.total_recovered()},
          {"total_seconds", in_seconds(nanoseconds(incidents.total_outage()))},
          {"longest_seconds", in_seconds(nanoseconds(incidents.longest_outage()))}};
}

Json incidents(const LoadResult& result) {
  Json json = Json::array();
  for (const LoadIncident& incident : result.incidents.kept()) {
    json.push_back(
        {{"time", text::format_timestamp(result.wall_time(incident.at))},
         {"at_seconds", in_seconds(nanoseconds(incident.at - result.began))},
         {"connection", incident.connection},
         {"local_address", incident.local.empty() ? Json(nullptr) : Json(incident.local)},
         {"error", client::words_of(incident.failure.kind).name},
         {"detail", incident.failure.text},
         {"failed_attempts", incident.attempts},
         {"recovered_after_seconds",
          incident.recovered_after < 0 ? Json(nullptr) : Json(in_seconds(nanoseconds(incident.recovered_after)))}});
  }
  return json;
}

/// The first one, null if there was none.
Json error(const LoadResult& result) {
  if (result.is_clean()) {
    return nullptr;
  }
  const bool has_lost = result.incidents.total() > 0;
  const client::Failure& first = has_lost ? result.incidents.kept().front().failure : *result.failure;
  return client::error_json(client::words_of(first.kind).name, first.text);
}

Json connections(const LoadResult& result) {
  Json json = Json::array();
  for (const LoadOpening& opening : result.openings.kept()) {
    json.push_back({{"time", text::format_timestamp(result.wall_time(opening.at))},
                    {"connection", opening.connection},
                    {"local_address", opening.local.to_string()},
                    {"address", opening.peer.to_string()}});
  }
  return json;
}

Json addresses(const LoadResult& result) {
  Json json = Json::array();
  for (const net::Endpoint& address : result.addresses) {
    json.push_back(address.to_string());
  }
  return json;
}

Json counted(const CountedTexts& counts) {
  Json json = Json::array();
  for (const auto& [reason, count] : counts) {
    json.push_back({{"message", reason}, {"count", count}});
  }
  return json;
}

Json local_ports(const LoadResult& result) {
  const auto ports = scarce_local_ports(result.options, result.target);
  return ports ? Json{{"count", ports->count},
                      {"time_wait_seconds", in_seconds(ports->time_wait)},
                      {"lasting_connections_per_second", ports->lasting_rate()}}
               : Json(nullptr);
}

}  // namespace

std::string json_report(const LoadResult& result) {
  const bool holds = result.options.mode == LoadMode::kHold;
  const Json json{{"type", "result"},
                  {"target", result.options.target.to_string()},
                  {"address", result.target.to_string()},
                  {"addresses", addresses(result)},
                  {"started_at", text::format_timestamp(result.began_at)},
                  {"settings", json_of(result.options)},
                  {"machine", machine()},
                  {"clean", result.is_clean()},
                  {"error", error(result)},
                  {"ended_early", result.stopped_early},
                  {"measured_seconds", result.measured_seconds},
                  {"messages", result.messages},
                  {"messages_per_second", result.messages_per_second()},
                  {"bytes_per_second", result.bytes_per_second()},
                  {"missed_messages", result.missed_messages},
                  {"connections_opened", result.opened},
                  {"connections_proved", holds ? Json(result.proved) : Json(nullptr)},
                  {"latency", client::json_of(result.latencies)},
                  {"connect", client::json_of(result.connect_times)},
                  {"errors_total", result.incidents.total()},
                  {"errors", errors(result.incidents)},
                  {"outages", outages(result.incidents)},
                  {"reconnects_failed", counted(result.incidents.failed_attempts())},
                  {"look_ups_failed", counted(result.incidents.failed_look_ups())},
                  {"incidents", incidents(result)},
                  {"connects", client::json_of(result.connects)},
                  {"local_stalls", client::json_of(result.local_stalls)},
                  {"connections", connections(result)},
                  {"connections_not_listed", result.opened - result.openings.kept().size()},
                  {"local_ports", local_ports(result)}};
  return client::text_of(json, -1) + '\n';
}

std::string json_progress(const LoadSnapshot& snapshot, const LoadOptions& options) {
  Json latency = client::json_of(snapshot.latencies);
  if (!latency.is_null()) {
    latency.erase("histogram");
  }
  const Json json{{"type", "interval"},
                  {"time", text::format_timestamp(snapshot.taken_at)},
                  {"at_seconds", snapshot.seconds},
                  {"interval_seconds", snapshot.seconds_since_last},
                  {"phase", snapshot.phase},
                  {"opening", snapshot.is_opening},
                  {"connections", snapshot.open_connections},
                  {"messages", snapshot.messages},
                  {"messages_per_second", snapshot.messages_per_second()},
                  {"bytes_per_second", snapshot.messages_per_second() * static_cast<double>(options.size)},
                  {"latency", latency},
                  {"errors_total", snapshot.failures}};
  return client::text_of(json, -1) + '\n';
}

}  // namespace threadecho::load
