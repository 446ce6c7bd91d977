#include "report/report_text.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <optional>

#include "cli/help.h"
#include "client/counted_failures.h"
#include "client/latency_text.h"
#include "text/numbers.h"
#include "text/timestamps.h"

namespace threadecho::report {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::count_of;
using text::format_count;
using text::format_latency;
using text::format_rate;

constexpr std::size_t kMostRowsOfFailures = 20;
constexpr std::size_t kLongestName = 25;

nanoseconds in_nanoseconds(double seconds) { return nanoseconds(std::llround(seconds * 1e9)); }

std::string description(const MergedRuns& merged) {
  const Json& settings = merged.settings();
  const Json& rate = settings.at("rate");
  const auto mode = settings.at("mode").get<std::string>();
  return fmt::format("{}: {}, {} and {} a message each{}", merged.runs.front().json.at("target").get<std::string>(),
                     mode == "closed" || mode == "open" ? mode + " loop" : mode,
                     count_of(settings.at("connections").get<std::uint64_t>(), "connection"),
                     count_of(settings.at("size_bytes").get<std::uint64_t>(), "byte"),
                     rate.is_null() ? "" : ", " + format_rate(rate.get<double>()) + " messages/s each");
}

std::string throughput_rows(const MergedRuns& merged) {
  std::string rows = fmt::format(
      "runs         {}, started within {} of each other from {} on\n"
      "messages     {} in {:.2f} s{}, {}/s\n"
      "bytes        {}/s each way\n",
      format_count(merged.runs.size()), format_latency(merged.last_start - merged.first_start),
      text::format_timestamp(merged.first_start), format_count(merged.messages), merged.measured_seconds,
      merged.ended_early ? " (a run ended early)" : "", format_rate(merged.messages_per_second),
      text::format_bytes(merged.bytes_per_second));
  if (merged.missed_messages > 0) {
    rows += fmt::format("missed       {} that were due while their connection was down, or were lost with it\n",
                        count_of(merged.missed_messages, "message"));
  }
  if (merged.settings().at("mode") == "hold") {
    rows += fmt::format("held         at the end {} still echoed\n", count_of(merged.proved, "connection"));
  }
  return rows;
}

std::string error_rows(const MergedRuns& merged) {
  if (merged.is_clean()) {
    return "errors       none: no connection was lost or refused, every byte was right, there was no gap\n";
  }
  std::string rows;
  for (const Run& run : merged.failed_runs) {
    rows += fmt::format("failed       {}: {}\n", run.source, run.json.at("error").at("message").get<std::string>());
  }
  rows += "errors       " + format_count(merged.errors_total);
  std::string separator = ": ";
  for (const auto& [name, count] : merged.errors.items()) {
    if (count.get<std::uint64_t>() > 0) {
      rows += separator + name + ' ' + format_count(count.get<std::uint64_t>());
      separator = ", ";
    }
  }
  rows += '\n';
  if (merged.recovered > 0) {
    rows += fmt::format("outages      {} of {} came back, the slowest after {}; away for {} in all\n",
                        format_count(merged.recovered), format_count(merged.errors_total),
                        format_latency(in_nanoseconds(merged.longest_outage_seconds)),
                        format_latency(in_nanoseconds(merged.outage_seconds)));
  }
  return rows;
}

/// Equal ones counted, over all runs; times count from the first start.
std::string incident_rows(const MergedRuns& merged) {
  client::CountedFailures failures;
  for (const Run& run : merged.runs) {
    for (const Json& incident : run.json.at("incidents")) {
      const Json& local = incident.at("local_address");
      failures.add(incident.at("error").get<std::string>(), incident.at("detail").get<std::string>(),
                   run.started_at - merged.first_start + in_nanoseconds(incident.at("at_seconds").get<double>()),
                   local.is_null() ? "" : local.get<std::string>());
      if (const Json& after = incident.at("recovered_after_seconds"); !after.is_null()) {
        failures.add_recovery(in_nanoseconds(after.get<double>()));
      }
    }
  }
  return failures.rows(kMostRowsOfFailures, [](nanoseconds at) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(at).count());
  });
}

std::string source_rows(const MergedRuns& merged) {
  std::string rows =
      fmt::format("\n{:<25}{:>13}{:>10}{:>10}{:>10}{:>9}\n", "source", "messages/s", "p50", "p99", "max", "errors");
  const auto shown = [](const std::optional<nanoseconds>& latency) { return latency ? format_latency(*latency) : "-"; };
  for (const Run& run : merged.runs) {
    std::string name = merged.name_of(run);
    if (name.size() > kLongestName) {
      name = "..." + name.substr(name.size() - kLongestName + 3);
    }
    rows += fmt::format("{:<25}{:>13}{:>10}{:>10}{:>10}{:>9}\n", name,
                        format_rate(run.json.at("messages_per_second").get<double>()),
                        shown(run.latency.known_percentile(50)), shown(run.latency.known_percentile(99)),
                        shown(run.latency.count() > 0 ? std::optional(run.latency.max()) : std::nullopt),
                        format_count(run.json.at("errors_total").get<std::uint64_t>()));
  }
  return rows;
}

}  // namespace

std::string report_text(const MergedRuns& merged, std::size_t width) {
  const std::string bars = client::latency_bars(merged.latency, width);
  return cli::fitted(description(merged) + "\n\n" + throughput_rows(merged) +
                         client::latency_table({{"latency", merged.latency}, {"connect", merged.connect}}) +
                         error_rows(merged) + incident_rows(merged) + source_rows(merged),
                     width) +
         (bars.empty() ? "" : "\nlatency, and the share of messages up to it\n" + bars);
}

}  // namespace threadecho::report
