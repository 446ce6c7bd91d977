#include "probe/probe_report.h"

#include <fmt/format.h>

#include <optional>

#include "client/json.h"
#include "text/durations.h"

namespace threadecho::probe {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::in_seconds;

/// "1.234"
std::string milliseconds(nanoseconds duration) {
  return fmt::format("{:.3f}", std::chrono::duration<double, std::milli>(duration).count());
}

double loss(const ProbeResult& result) {
  const std::uint64_t sent = result.messages.sent();
  return sent == 0 ? 0 : static_cast<double>(result.messages.lost()) / static_cast<double>(sent);
}

Json json_of(const client::Failure& failure) {
  Json json = {{"kind", client::words_of(failure.kind).name}, {"message", failure.text}};
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

Json json_of(const RoundTrips& round_trips) {
  return {{"min", in_seconds(round_trips.min)},
          {"median", in_seconds(round_trips.median)},
          {"p99", in_seconds(round_trips.p99)},
          {"max", in_seconds(round_trips.max)}};
}

Json json_of(const HalfCloseResult& check) {
  return check.failure ? Json{{"failure", json_of(*check.failure)}} : Json{{"seconds", in_seconds(check.duration)}};
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
          {"half_close", options.half_close}};
}

Json addresses_json(const ProbeResult& result) {
  Json addresses = Json::array();
  for (const net::Endpoint& address : result.addresses) {
    addresses.push_back(address.to_string());
  }
  return addresses;
}

Json connects_json(const ProbeResult& result) {
  Json connects = Json::array();
  for (const client::Attempt& attempt : result.attempts) {
    Json connect = {{"address", attempt.endpoint.to_string()}, {"seconds", in_seconds(attempt.duration)}};
    if (attempt.error) {
      connect["error"] = client::text_of(attempt);
    }
    connects.push_back(std::move(connect));
  }
  return connects;
}

Json messages_json(const ProbeResult& result) {
  Json messages = Json::array();
  for (const ProbeMessage& message : result.messages.kept()) {
    Json entry = {{"sequence", message.sequence}};
    if (message.failure) {
      entry["failure"] = json_of(*message.failure);
    } else {
      entry["rtt_seconds"] = in_seconds(message.round_trip);
    }
    messages.push_back(std::move(entry));
  }
  return messages;
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

std::string failed_attempt_line(const client::Attempt& attempt) { return "not connected: " + client::text_of(attempt); }

std::string connected_line(const client::Attempt& attempt) {
  return fmt::format("connected to {} time={} ms", attempt.endpoint.to_string(), milliseconds(attempt.duration));
}

std::string echo_line(std::size_t size, const std::string& peer, std::uint64_t sequence, nanoseconds round_trip) {
  return fmt::format("{} bytes from {}: seq={} time={} ms", size, peer, sequence, milliseconds(round_trip));
}

std::string lost_line(std::uint64_t sequence, const client::Failure& failure) {
  return fmt::format("lost: seq={}: {}", sequence, failure.text);
}

std::string half_close_line(std::size_t size, const HalfCloseResult& check) {
  return check.failure ? "half-close failed: " + check.failure->text
                       : fmt::format("half-close: {} bytes echoed after FIN, then closed time={} ms", size,
                                     milliseconds(check.duration));
}

std::string summary_text(const ProbeOptions& options, const ProbeResult& result) {
  std::string text = fmt::format("--- {} echo statistics ---\n{} messages sent, {} echoed, {:.4g}% loss, time {} ms\n",
                                 options.target.to_string(), result.messages.sent(), result.messages.echoed(),
                                 loss(result) * 100, milliseconds(result.duration));
  if (const auto times = result.messages.round_trips()) {
    text += fmt::format("rtt min/median/p99/max = {}/{}/{}/{} ms\n", milliseconds(times->min),
                        milliseconds(times->median), milliseconds(times->p99), milliseconds(times->max));
  }
  return text;
}

std::string json_text(const ProbeOptions& options, const ProbeResult& result) {
  const Json json = {{"target", options.target.to_string()},
                     {"settings", settings_json(options)},
                     {"addresses", addresses_json(result)},
                     {"connects", connects_json(result)},
                     {"connects_not_listed", result.attempts_in_all - result.attempts.size()},
                     {"messages", messages_json(result)},
                     {"messages_not_listed", result.messages.sent() - result.messages.kept().size()},
                     {"sent", result.messages.sent()},
                     {"echoed", result.messages.echoed()},
                     {"loss", loss(result)},
                     {"rtt_seconds", json_of(result.messages.round_trips())},
                     {"half_close", json_of(result.half_close)},
                     {"duration_seconds", in_seconds(result.duration)},
                     {"signal", client::or_null(result.signal)},
                     {"failure", json_of(result.failure)},
                     {"status", result.exit_status()}};
  return client::text_of(json, -1);
}

}  // namespace threadecho::probe
