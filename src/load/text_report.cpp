#include "load/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "client/counted_failures.h"
#include "client/failure.h"
#include "client/latency_text.h"
#include "client/resolver.h"
#include "text/durations.h"
#include "text/numbers.h"
#include "text/timestamps.h"

namespace threadecho::load {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMostRowsOfFailures = 20;
constexpr std::size_t kMostLocalAddresses = 4;

std::string description(const LoadOptions& options) {
  const std::string size = fmt::format("{}, {} a message, {}", text::count_of(options.connections, "connection"),
                                       text::count_of(options.size, "byte"), text::count_of(options.threads, "thread"));
  const std::string ramp = options.ramp.count() > 0 ? ", ramp of " + text::format_duration(options.ramp) : "";
  switch (options.mode) {
    case LoadMode::kClosed:
      return "closed loop, " + size +
             (options.pipeline > 1 ? ", " + text::count_of(options.pipeline, "message") + " at once" : "") + ramp;
    case LoadMode::kOpen:
      return fmt::format("open loop, {} messages/s, {}{}", text::format_rate(options.rate), size, ramp);
    default:
      return fmt::format("{}, {}{}", name_of(options.mode), size, ramp);
  }
}

std::string throughput_rows(const LoadResult& result) {
  if (result.options.mode == LoadMode::kHold) {
    return fmt::format("held         {:.1f} s; at the end {} of {} still echoed\n", result.measured_seconds,
                       text::format_count(result.proved), text::count_of(result.options.connections, "connection"));
  }
  std::string rows = fmt::format(
      "messages     {} in {:.2f} s{}, {}/s\nbytes        {}/s each way\n", text::format_count(result.messages),
      result.measured_seconds, result.stopped_early ? " (ended early)" : "",
      text::format_rate(result.messages_per_second()), text::format_bytes(result.bytes_per_second()));
  if (result.missed_messages > 0) {
    rows += fmt::format("missed       {} that were due while their connection was down, or were lost with it\n",
                        text::count_of(result.missed_messages, "message"));
  }
  return rows;
}

std::string error_rows(const LoadResult& result) {
  if (result.is_clean()) {
    return "errors       none: no connection was lost or refused, every byte was right, there was no gap\n";
  }
  const LoadIncidents& incidents = result.incidents;
  std::string rows = result.failure ? "not clean    " + result.failure->text + '\n' : "";
  if (incidents.total() == 0) {
    return rows;
  }
  rows += "errors       " + text::format_count(incidents.total());
  std::string_view separator = ": ";
  for (const auto& [name, count] : incidents.counts()) {
    if (count > 0) {
      rows += fmt::format("{}{} {}", separator, name, text::format_count(count));
      separator = ", ";
    }
  }
  rows += '\n';
  if (result.options.reconnect) {
    rows += fmt::format("reconnected  {} of {}{}\n", text::format_count(incidents.total_recovered()),
                        text::format_count(incidents.total()),
                        incidents.total_recovered() > 0
                            ? ", the slowest after " + text::format_latency(nanoseconds(incidents.longest_outage()))
                            : "");
  }
  for (const net::Endpoint& address : result.addresses) {
    if (!client::is_same(address, result.target)) {
      rows += "moved to     " + address.to_string() + '\n';
    }
  }
  return rows;
}

/// Latencies and losses in such times are not the server's.
std::string stall_rows(const LoadResult& result) {
  return result.local_stalls.count() == 0 ? "" : "held up      " + client::text_of(result.local_stalls) + '\n';
}

/// To find them in a packet capture or the server's log.
std::string local_address_rows(const LoadResult& result) {
  const auto& openings = result.openings.kept();
  if (openings.empty()) {
    return {};
  }
  const std::size_t shown = std::min(openings.size(), kMostLocalAddresses);
  std::string row = "local        ";
  for (std::size_t i = 0; i < shown; ++i) {
    row += (i == 0 ? "" : ", ") + openings[i].local.to_string();
  }
  if (result.opened <= shown) {
    return row + '\n';
  }
  return fmt::format("{} and {} more (--json lists {})\n", row, text::format_count(result.opened - shown),
                     result.opened > openings.size() ? text::format_count(openings.size()) + " in all" : "them");
}

/// Why connections could not come back, or not at once.
std::string counted_rows(std::string_view what, const CountedTexts& counts) {
  std::string rows;
  for (const auto& [reason, count] : counts) {
    rows += fmt::format("  {} x  {} failed: {}\n", text::format_count(count), what,
                        reason.empty() ? "for other reasons" : reason);
  }
  return rows;
}

/// Equal ones counted.
std::string incident_rows(const LoadResult& result) {
  client::CountedFailures failures;
  for (const LoadIncident& incident : result.incidents.kept()) {
    failures.add(client::words_of(incident.failure.kind).name, incident.failure.text,
                 nanoseconds(incident.at - result.began), incident.local);
    if (incident.recovered_after >= 0) {
      failures.add_recovery(nanoseconds(incident.recovered_after));
    }
  }
  return failures.rows(kMostRowsOfFailures, [&](nanoseconds at) {
    return result.options.timestamps ? text::format_timestamp(result.began_at + at)
                                     : fmt::format("{:.3f} s", text::in_seconds(at));
  });
}

}  // namespace

std::string text_report(const LoadResult& result, std::size_t width) {
  const std::string bars = client::latency_bars(result.latencies, width);
  return cli::fitted(
             fmt::format("{} ({}): {}\n\n", result.options.target.to_string(), result.target.to_string(),
                         description(result.options)) +
                 throughput_rows(result) +
                 client::latency_table({{"latency", result.latencies}, {"connect", result.connect_times}}, width) +
                 local_address_rows(result) + error_rows(result) + stall_rows(result) + incident_rows(result) +
                 counted_rows("reconnect", result.incidents.failed_attempts()) +
                 counted_rows("look-up", result.incidents.failed_look_ups()),
             width) +
         (bars.empty() ? "" : cli::fitted("\nlatency, and the share of messages up to it\n", width) + bars);
}

}  // namespace threadecho::load
