#include "probe/probe_report.h"

#include <fmt/format.h>

#include <optional>

#include "client/attempt_json.h"
#include "client/json.h"
#include "client/latency_json.h"
#include "client/latency_text.h"
#include "client/run_command.h"
#include "text/durations.h"
#include "text/numbers.h"
#include "text/timestamps.h"

namespace threadecho::probe {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::count_of;
using text::format_count;
using text::format_timestamp;
using text::in_seconds;

/// "1.234"
std::string in_milliseconds(nanoseconds duration) {
  return fmt::format("{:.3f}", std::chrono::duration<double, std::milli>(duration).count());
}

double loss(const ProbeResult& result) {
  const std::uint64_t sent = result.messages.sent();
  return sent == 0 ? 0 : static_cast<double>(result.messages.lost()) / static_cast<double>(sent);
}

Json json_of(const client::Failure& failure) {
  Json json = client::error_json(client::words_of(failure.kind).name, failure.text);
  if (failure.bytes) {
    json["bytes"] = *failure.bytes;
  }
  if (failure.wrong_byte) {
    json["offset"] = failure.wrong_byte->offset;
    json["expected"] = client::or_null(failure.wrong_byte->expected);
    json["got"] = failure.wrong_byte->got;
  }
  return json;
}

Json json_of(const HalfCloseResult& check) {
  return check.failure ? Json{{"error", json_of(*check.failure)}}
                       : Json{{"duration_seconds", in_seconds(check.duration)}};
}

template <typename Value>
Json json_of(const std::optional<Value>& value) {
  return value ? json_of(*value) : Json(nullptr);
}

Json settings_json(const ProbeOptions& options) {
  return {{"count", options.count},
          {"interval_seconds", in_seconds(options.interval)},
          {"size_bytes", options.size},
          {"timeout_seconds", in_seconds(options.timeout)},
          {"wait_seconds", in_seconds(options.connect.wait)},
          {"half_close", options.half_close},
          {"proxy_protocol", client::or_null(client::name_of(options.proxy_protocol))}};
}

Json addresses_json(const ProbeResult& result) {
  Json addresses = Json::array();
  for (const net::Endpoint& address : result.addresses) {
    addresses.push_back(address.to_string());
  }
  return addresses;
}

Json look_ups_failed_json(const ProbeResult& result) {
  Json look_ups = Json::array();
  for (const auto& [message, count] : result.look_ups_failed) {
    look_ups.push_back({{"message", message}, {"count", count}});
  }
  return look_ups;
}

Json messages_json(const ProbeResult& result) {
  Json messages = Json::array();
  for (const ProbeMessage& message : result.messages.kept()) {
    Json entry = {{"time", format_timestamp(message.due_at)},
                  {"sequence", message.sequence},
                  {"local_address", message.local.empty() ? Json(nullptr) : Json(message.local)}};
    if (message.failure) {
      entry["error"] = json_of(*message.failure);
    } else {
      entry["rtt_seconds"] = in_seconds(message.round_trip);
    }
    messages.push_back(std::move(entry));
  }
  return messages;
}

Json losses_json(const ProbeResult& result) {
  Json losses = Json::object();
  for (const auto& [name, count] : result.messages.losses()) {
    losses[std::string(name)] = count;
  }
  return losses;
}

}  // namespace

std::string begin_line(const ProbeOptions& options, const std::vector<net::Endpoint>& addresses) {
  std::string line = "PROBE " + options.target.to_string();
  std::string separator = " (";
  for (const net::Endpoint& address : addresses) {
    line.append(separator).append(address.to_string());
    separator = ", ";
  }
  return line.append("), ").append(std::to_string(options.size)).append(" bytes a message");
}

std::string failed_attempt_line(const client::Attempt& attempt) {
  return "not connected: " + client::failure_of(attempt).text;
}

std::string connected_line(const client::Attempt& attempt) {
  return fmt::format("connected to {} from {} time={} ms", attempt.endpoint.to_string(), attempt.local.to_string(),
                     in_milliseconds(attempt.duration));
}

std::string echo_line(std::size_t size, const std::string& peer, std::uint64_t sequence, nanoseconds round_trip) {
  return fmt::format("{} bytes from {}: seq={} time={} ms", size, peer, sequence, in_milliseconds(round_trip));
}

std::string lost_line(std::uint64_t first, std::uint64_t last, const std::string& reason) {
  return first == last
             ? fmt::format("lost: seq={}: {}", first, reason)
             : fmt::format("lost: seq={} to {} ({}): {}", first, last, count_of(last - first + 1, "message"), reason);
}

std::string half_close_line(std::size_t size, const HalfCloseResult& check) {
  return check.failure ? "half-close failed: " + check.failure->text
                       : fmt::format("half-close: {} bytes echoed after FIN, then closed time={} ms", size,
                                     in_milliseconds(check.duration));
}

std::string summary_text(const ProbeOptions& options, const ProbeResult& result, std::size_t width) {
  const std::uint64_t cut_short = result.messages.unanswered();
  const std::string unanswered = cut_short > 0 ? format_count(cut_short) + " unanswered, " : std::string();
  std::string text = fmt::format("--- {} echo statistics ---\n{} sent, {} echoed, {}{:.4g}% loss, time {}\n",
                                 options.target.to_string(), count_of(result.messages.sent(), "message"),
                                 format_count(result.messages.echoed()), unanswered, loss(result) * 100,
                                 text::format_latency(result.duration));
  std::string separator = "lost: ";
  for (const auto& [name, count] : result.messages.losses()) {
    text += fmt::format("{}{} {}", separator, name, format_count(count));
    separator = ", ";
  }
  if (result.messages.lost() > 0) {
    text += '\n';
  }
  if (result.local_stalls.count() > 0) {
    text += "held up: " + client::text_of(result.local_stalls) + '\n';
  }
  return text + client::latency_table({{"round trip", result.messages.round_trips()}}, width);
}

std::string json_text(const ProbeOptions& options, const ProbeResult& result) {
  const Json json = {{"type", "result"},
                     {"target", options.target.to_string()},
                     {"started_at", format_timestamp(result.began_at)},
                     {"error", json_of(result.failure)},
                     {"status", result.exit_status()},
                     {"signal", client::or_null(result.signal)},
                     {"settings", settings_json(options)},
                     {"duration_seconds", in_seconds(result.duration)},
                     {"sent", result.messages.sent()},
                     {"echoed", result.messages.echoed()},
                     {"unanswered", result.messages.unanswered()},
                     {"loss", loss(result)},
                     {"errors", losses_json(result)},
                     {"latency", client::json_of(result.messages.round_trips())},
                     {"half_close", json_of(result.half_close)},
                     {"addresses", addresses_json(result)},
                     {"connects", client::json_of(result.attempts)},
                     {"connects_not_listed", result.attempts_in_all - result.attempts.size()},
                     {"look_ups_failed", look_ups_failed_json(result)},
                     {"local_stalls", client::json_of(result.local_stalls)},
                     {"messages", messages_json(result)},
                     {"messages_not_listed", result.messages.sent() - result.messages.kept().size()}};
  return client::text_of(json, -1);
}

}  // namespace threadecho::probe
