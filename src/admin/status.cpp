#include "admin/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "admin/fault_routes.h"
#include "build_info.h"
#include "echo/reasons.h"
#include "echo/totals.h"
#include "host/memory_limit.h"
#include "text/durations.h"
#include "text/escape.h"
#include "text/numbers.h"

namespace threadecho::admin {
namespace {

template <typename... Arguments>
void append(std::string& body, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(body), format, std::forward<Arguments>(arguments)...);
}

std::string value_of(const std::vector<config::Value>& settings, std::string_view name) {
  const auto setting = std::ranges::find(settings, name, &config::Value::name);
  return setting == settings.end() ? std::string() : setting->text;
}

/// 0 without such a setting.
std::chrono::milliseconds duration_of(const std::vector<config::Value>& settings, std::string_view name) {
  const auto duration = text::parse_duration(value_of(settings, name));
  return duration.ok() ? duration.value() : std::chrono::milliseconds::zero();
}

std::string_view name_of(echo::Readiness readiness) {
  switch (readiness) {
    case echo::Readiness::kReady:
      return "ready";
    case echo::Readiness::kFull:
      return "full";
    case echo::Readiness::kOutOfThreads:
      return "out_of_threads";
    case echo::Readiness::kUnreadyOnDemand:
      return "unready_on_demand";
    case echo::Readiness::kDraining:
      break;
  }
  return "draining";
}

/// The readiness for people.
std::string_view words_of(echo::Readiness readiness) {
  if (readiness == echo::Readiness::kUnreadyOnDemand) {
    return "not ready: the fault unready is active";
  }
  return readiness == echo::Readiness::kOutOfThreads ? "out of threads" : name_of(readiness);
}

double seconds_since_epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void append_counts(std::string& body, std::string_view name, std::span<const std::string_view> names,
                   std::span<const std::uint64_t> values) {
  append(body, "  \"{}\": {{", name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    append(body, "{}\"{}\": {}", i == 0 ? "" : ", ", names[i], values[i]);
  }
  body += "},\n";
}

/// `counts` has one bucket more than `bounds`: for what is above the last.
void append_histogram(std::string& body, std::string_view name, std::span<const std::chrono::nanoseconds> bounds,
                      std::span<const std::uint64_t> counts, std::chrono::nanoseconds sum) {
  append(body, R"(  "{}": {{"bounds": [)", name);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    append(body, "{}{}", i == 0 ? "" : ", ", text::in_seconds(bounds[i]));
  }
  append(body, "], \"counts\": [{}], \"sum\": {}}},\n", fmt::join(counts, ", "), text::in_seconds(sum));
}

void append_traffic(std::string& body, const echo::Totals& totals) {
  append(body, "  \"messages\": {},\n  \"received_bytes\": {},\n  \"echoed_bytes\": {},\n", totals.receives,
         totals.received_bytes, totals.echoed_bytes);
  append(body, "  \"retransmitted_segments\": {},\n", totals.retransmitted_segments);
  append_counts(body, "closed", echo::kCloseReasonNames, totals.closed);
  append_counts(body, "rejected", echo::kRejectReasonNames, totals.rejected);
  append_counts(body, "accept_errors", echo::kAcceptErrorNames, totals.accept_errors);
  append_histogram(body, "echo_duration_seconds", echo::kEchoDurationBounds, totals.echo_duration.buckets,
                   totals.echo_duration.sum);
  append_histogram(body, "rtt_seconds", echo::kRoundTripBounds, totals.round_trip.buckets, totals.round_trip.sum);
}

void append_row(std::string& rows, std::string_view name, std::string_view value) {
  rows.append("<tr><th scope=\"row\">").append(name).append("</th><td>").append(value).append("</td></tr>\n");
}

}  // namespace

Status::Status(const echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod)
    : server_(server),
      thread_model_(value_of(settings, "THREAD_MODEL")),
      drain_delay_(duration_of(settings, "DRAIN_DELAY")),
      drain_timeout_(duration_of(settings, "DRAIN_TIMEOUT")) {
  const BuildInfo build = build_info();
  append(identity_, "  \"version\": {},\n  \"revision\": {},\n", text::json_string(build.version),
         text::json_string(build.revision));
  append(identity_, "  \"started_at_seconds\": {},\n  \"echo_port\": {},\n  \"thread_model\": {},\n",
         seconds_since_epoch(), server.endpoint().port(), text::json_string(thread_model_));
  const std::string pool_threads = value_of(settings, "POOL_THREADS");
  append(identity_, "  \"pool_threads\": {},\n",
         thread_model_ == "per-connection" || pool_threads.empty() ? "null" : pool_threads);
  if (pod.is_known()) {
    append(identity_, "  \"pod\": {{\"name\": {}, \"namespace\": {}, \"node\": {}}},\n", text::json_string(pod.name),
           text::json_string(pod.name_space), text::json_string(pod.node));
  }
  append(identity_, "  \"memory_limit_bytes\": {},\n", host::memory_limit_bytes());
}

http::Response Status::json() const {
  const echo::Totals totals = server_.totals();
  const host::ProcessUsage usage = host::process_usage();
  std::string body = "{\n" + identity_;
  append(body, "  \"time_seconds\": {},\n  \"uptime_seconds\": {},\n  \"readiness\": \"{}\",\n", seconds_since_epoch(),
         text::in_seconds(echo::Clock::now() - started_), name_of(server_.readiness()));
  append_drain(body);
  append(body, "  \"active_threads\": {},\n", totals.active_threads);
  append(body, "  \"connections\": {{\"active\": {}, \"waiting\": {}, \"limit\": {}, \"accepted\": {}}},\n",
         totals.active, totals.waiting, server_.connections_limit(), totals.accepted);
  append_traffic(body, totals);
  append(body, "  \"context_switches\": {{\"voluntary\": {}, \"involuntary\": {}}},\n", usage.voluntary_switches,
         usage.involuntary_switches);
  append(body, "  \"cpu_seconds\": {},\n  \"resident_memory_bytes\": {},\n", text::in_seconds(usage.cpu_time),
         process_status_.sizes().resident_bytes);
  body.append("  \"faults\": ").append(faults_json(server_.faults().active())).append("\n}\n");
  return {200, http::kJsonType, std::move(body)};
}

void Status::append_drain(std::string& body) const {
  const auto left = server_.drain_time_left();
  if (!left) {
    body += "  \"drain\": null,\n";
    return;
  }
  const bool is_accepting = server_.is_accepting();
  const auto accepting_left = std::max(*left - drain_timeout_, echo::Clock::duration::zero());
  append(body,
         "  \"drain\": {{\"seconds_left\": {}, \"total_seconds\": {}, \"accepting\": {}, "
         "\"accepting_seconds_left\": {}}},\n",
         text::in_seconds(*left), text::in_seconds(drain_delay_ + drain_timeout_), is_accepting,
         is_accepting ? text::in_seconds(accepting_left) : 0);
}

std::string Status::table_rows() const {
  const echo::Totals totals = server_.totals();
  std::string rows;
  append_row(rows, "Thread model", thread_model_);
  append_row(rows, "State", server_.is_draining() ? "draining" : words_of(server_.readiness()));
  append_row(rows, "Active threads", text::format_count(totals.active_threads));
  append_row(
      rows, "Connections",
      fmt::format("{} of {}", text::format_count(totals.active), text::format_count(server_.connections_limit())));
  if (thread_model_ == "blocking-pool") {
    append_row(rows, "Waiting for a thread", text::format_count(totals.waiting));
  }
  append_row(rows, "Messages", text::format_count(totals.receives));
  append_row(rows, "Bytes received", text::format_count(totals.received_bytes));
  append_row(rows, "Bytes echoed", text::format_count(totals.echoed_bytes));
  return rows;
}

}  // namespace threadecho::admin
