#include "report/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
constexpr std::size_t kWidthOfSources = 77;

nanoseconds in_nanoseconds(double seconds) { return nanoseconds(std::llround(seconds * 1e9)); }

std::string description(const MergedRuns& merged) {
  const Json& settings = merged.runs.front().json.at("settings");
  const Json& rate = settings.at("rate");
  const auto mode = settings.at("mode").get<std::string>();
  return fmt::format(
      "{}: {}, {} and {} a message each{}{}", merged.runs.front().json.at("target").get<std::string>(),
      mode == "closed" || mode == "open" ? mode + " loop" : mode,
      count_of(settings.at("connections").get<std::uint64_t>(), "connection"),
      count_of(settings.at("size_bytes").get<std::uint64_t>(), "byte"),
      rate.is_null() ? "" : ", " + format_rate(rate.get<double>()) + " messages/s each",
      merged.different_settings.empty() ? "" : "; these are the settings of the first run, other runs differ");
}

/// "different    connections: 2, 4": each value once.
std::string difference_rows(const MergedRuns& merged) {
  std::string rows;
  for (const Json& different : merged.different_settings) {
    std::vector<std::string> values;
    for (const Json& value : different.at("values")) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (std::ranges::find(values, text) == values.end()) {
        values.push_back(text);
      }
    }
    rows += fmt::format("different    {}: {}\n", different.at("name").get<std::string>(), fmt::join(values, ", "));
  }
  return rows;
}

std::string runs_row(const MergedRuns& merged) {
  constexpr nanoseconds kPrecision = std::chrono::milliseconds(1);  // of the times in results
  const std::string began = text::format_timestamp(merged.first_start);
  return merged.runs.size() == 1
             ? "runs         1, started at " + began + '\n'
             : fmt::format("runs         {}, started within {} of each other from {} on\n",
                           format_count(merged.runs.size()),
                           format_latency(std::max(merged.last_start - merged.first_start, kPrecision)), began);
}

std::string throughput_rows(const MergedRuns& merged) {
  std::string rows = runs_row(merged);
  const std::string early = merged.ended_early ? " (a run ended early)" : "";
  if (std::ranges::all_of(merged.runs, has_held)) {
    return rows + fmt::format("held         {:.1f} s{}; at the end {} still echoed\n", merged.measured_seconds, early,
                              count_of(merged.proved, "connection"));
  }
  rows += fmt::format("messages     {} in {:.2f} s{}, {}/s\nbytes        {}/s each way\n",
                      format_count(merged.messages), merged.measured_seconds, early,
                      format_rate(merged.messages_per_second), text::format_bytes(merged.bytes_per_second));
  if (merged.missed_messages > 0) {
    rows += fmt::format("missed       {} that were due while their connection was down, or were lost with it\n",
                        count_of(merged.missed_messages, "message"));
  }
  if (merged.has_held()) {
    rows += fmt::format("held         at the end {} still echoed\n", count_of(merged.proved, "connection"));
  }
  return rows;
}

std::string error_rows(const MergedRuns& merged) {
  if (merged.is_clean) {
    return "errors       none: no connection was lost or refused, every byte was right, there was no gap\n";
  }
  std::string rows;
  for (const Run& run : merged.failed_runs) {
    rows += fmt::format("failed       {}: {}\n", run.source, run.json.at("error").at("message").get<std::string>());
  }
  for (const Run& run : merged.runs) {
    if (!run.json.at("clean").get<bool>() && run.json.at("errors_total") == 0) {
      const Json& error = run.json.at("error");
      rows += fmt::format("not clean    {}: {}\n", run.source,
                          error.is_null() ? "its result does not say why" : error.at("message").get<std::string>());
    }
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

/// Latencies and losses in such times are not the server's.
std::string stall_rows(const MergedRuns& merged) {
  std::string rows;
  for (const Run& run : merged.runs) {
    const auto stalls = run.json.find("local_stalls");  // results of version 0.1.0 lack it
    if (stalls != run.json.end() && stalls->at("count") > 0) {
      rows += fmt::format("held up      {}: its host did not run it for {} in all\n", merged.name_of(run),
                          format_latency(in_nanoseconds(stalls->at("total_seconds").get<double>())));
    }
  }
  return rows;
}

/// Equal ones counted, over all runs.
std::string incident_rows(const MergedRuns& merged, bool timestamps) {
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
  return failures.rows(kMostRowsOfFailures, [&](nanoseconds at) {
    return timestamps ? text::format_timestamp(merged.first_start + at)
                      : fmt::format("{:.3f} s", std::chrono::duration<double>(at).count());
  });
}

/// Why connections could not come back, or not at once.
std::string counted_rows(const char* what, const std::map<std::string, std::uint64_t>& counts) {
  std::string rows;
  for (const auto& [reason, count] : counts) {
    rows += fmt::format("  {} x  {} failed: {}\n", format_count(count), what,
                        reason.empty() ? "for other reasons" : reason);
  }
  return rows;
}

/// Where the table of all columns has no room, a name has a line of its own and fewer columns below it.
std::string source_row(std::size_t width, std::string name, const std::array<std::string, 5>& cells) {
  const auto& [rate, p50, p99, max, errors] = cells;
  const bool is_narrow = width < kWidthOfSources;
  const std::size_t longest = is_narrow ? width : kLongestName;
  if (name.size() > longest) {
    name = "..." + name.substr(name.size() - longest + 3);
  }
  return is_narrow ? fmt::format("{}\n{:>15}{:>12}{:>9}\n", name, rate, p99, errors)
                   : fmt::format("{:<25}{:>13}{:>10}{:>10}{:>10}{:>9}\n", name, rate, p50, p99, max, errors);
}

std::string source_rows(const MergedRuns& merged, std::size_t width) {
  std::string rows = '\n' + source_row(width, merged.has_a_host_for_each() ? "host" : "source",
                                       {"messages/s", "p50", "p99", "max", "errors"});
  const auto shown = [](const std::optional<nanoseconds>& latency) { return latency ? format_latency(*latency) : "-"; };
  for (const Run& run : merged.runs) {
    rows += source_row(width, merged.name_of(run),
                       {has_held(run) ? "-" : format_rate(run.json.at("messages_per_second").get<double>()),
                        shown(run.latency.known_percentile(50)), shown(run.latency.known_percentile(99)),
                        shown(run.latency.count() > 0 ? std::optional(run.latency.max()) : std::nullopt),
                        format_count(run.json.at("errors_total").get<std::uint64_t>())});
  }
  return rows;
}

}  // namespace

std::string report_text(const MergedRuns& merged, std::size_t width, bool timestamps) {
  const std::string bars = client::latency_bars(merged.latency, width);
  return cli::fitted(description(merged) + "\n\n" + difference_rows(merged) + throughput_rows(merged) +
                         client::latency_table({{"latency", merged.latency}, {"connect", merged.connect}}, width) +
                         error_rows(merged) + stall_rows(merged) + incident_rows(merged, timestamps) +
                         counted_rows("reconnect", merged.reconnects_failed) +
                         counted_rows("look-up", merged.look_ups_failed) + source_rows(merged, width),
                     width) +
         (bars.empty() ? "" : cli::fitted("\nlatency, and the share of messages up to it\n", width) + bars);
}

}  // namespace threadecho::report
