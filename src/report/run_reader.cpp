#include "report/run_reader.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "cli/options.h"
#include "client/run_command.h"
#include "report/latency_reader.h"

namespace threadecho::report {
namespace {

using client::Json;

[[noreturn]] void complain(const std::string& where, const std::string& what) {
  throw cli::UsageError(where + ": " + what);
}

stats::LatencyHistogram latencies_in(const Json& json, const char* member, const std::string& where) {
  const auto latencies = latencies_of(json.at(member));
  if (!latencies.ok()) {
    complain(where, std::string(member) + ": " + latencies.reason());
  }
  return latencies.value();
}

/// Results of a version before this one named the size of a message otherwise.
void rename_old_members(Json& json) {
  Json& settings = json.at("settings");
  if (const auto size = settings.find("size"); size != settings.end()) {
    settings["size_bytes"] = Json(*size);
    settings.erase("size");
  }
}

/// Complains of a number that no run has: a negative one, a duration of more than 31 years, a count with a fraction.
void check_number(std::string_view name, const Json& number, const std::string& where) {
  constexpr double kMostSeconds = 1e9;
  constexpr double kHighestRate = 1e15;
  if (!number.is_number()) {
    return;
  }
  const bool is_time = name.ends_with("_seconds");
  const bool is_real = is_time || name.ends_with("_per_second") || name == "rate";
  const auto value = number.get<double>();
  if (is_real ? value < 0 || value > (is_time ? kMostSeconds : kHighestRate) : !count_in(number)) {
    complain(where, std::string(name) + " is " + number.dump());
  }
}

/// Those of an object that have these names.
void check_members(const Json& json, std::initializer_list<std::string_view> names, const std::string& where) {
  for (const auto& [name, value] : json.items()) {
    if (std::ranges::find(names, name) != names.end()) {
      check_number(name, value, where);
    }
  }
}

/// What adds up and shows results need not look at their numbers again. Only those that it uses: a later version may
/// add others.
void check_numbers(const Json& json, const std::string& where) {
  check_members(json,
                {"measured_seconds", "messages", "messages_per_second", "bytes_per_second", "missed_messages",
                 "connections_opened", "connections_proved", "errors_total"},
                where);
  check_members(json.at("settings"), {"connections", "size_bytes", "rate"}, where);
  check_members(json.at("outages"), {"recovered", "total_seconds", "longest_seconds"}, where);
  for (const auto& [kind, count] : json.at("errors").items()) {
    check_number(kind, count, where);
  }
  for (const char* counted : {"reconnects_failed", "look_ups_failed"}) {
    for (const Json& row : json.value(counted, Json::array())) {
      check_members(row, {"count"}, where);
    }
  }
  for (const Json& incident : json.at("incidents")) {
    check_members(incident, {"at_seconds", "recovered_after_seconds"}, where);
  }
  check_members(json.value("local_stalls", Json::object()), {"count", "total_seconds"}, where);
}

/// Adds the run that `json` tells of. Throws Json::exception for members that are missing or of another type.
void take(std::vector<Run>& runs, Json json, const std::string& where) {
  const auto type = json.at("type").get<std::string>();
  if (type == "interval") {
    return;
  }
  if (type != "result" && type != "error") {
    complain(where, "a " + type + ", not a result of threadecho load");
  }
  if (type == "result" && json.contains("sent")) {
    complain(where, "a result of threadecho probe, not of load");
  }
  Run run;
  run.source = where;
  run.json = std::move(json);
  run.has_failed = type == "error";
  if (run.has_failed) {
    run.json.at("error").at("kind").get_ref<const std::string&>();
    run.json.at("error").at("message").get_ref<const std::string&>();
  } else {
    const auto started = text::parse_timestamp(run.json.at("started_at").get<std::string>());
    if (!started.ok()) {
      complain(where, "started_at is " + started.reason());
    }
    run.started_at = started.value();
    rename_old_members(run.json);
    check_numbers(run.json, where);
    run.latency = latencies_in(run.json, "latency", where);
    run.connect = latencies_in(run.json, "connect", where);
  }
  runs.push_back(std::move(run));
}

void take_text(std::vector<Run>& runs, std::string_view text, const std::string& where) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    runs.push_back(missing_run(where, "broken JSON"));
    return;
  }
  try {
    take(runs, std::move(json), where);
  } catch (const Json::exception& error) {
    complain(where, std::string("not a result of threadecho load --json: ") + error.what());
  }
}

}  // namespace

Run missing_run(const std::string& source, const std::string& what) {
  Run run;
  run.source = source;
  run.json = {{"type", "error"}, {"error", client::error_json("no_result", what + "; was the run cut short?")}};
  run.has_failed = true;
  return run;
}

RunsOfAFile read_runs(std::istream& in, const std::string& name) {
  RunsOfAFile found;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (Json::accept(text)) {  // a single result, perhaps laid out over several lines
    take_text(found.runs, text, name);
    return found;
  }
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with('{')) {
      take_text(found.runs, line, name + ':' + std::to_string(number));
    } else if (line.find_first_not_of(" \t\r") != std::string::npos) {
      ++found.other_lines;
    }
  }
  return found;
}

}  // namespace threadecho::report
