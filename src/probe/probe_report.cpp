#include "probe/probe_report.h"

#include <array>
#include <cstdio>
#include <optional>

#include "client/json.h"
#include "text/durations.h"

namespace threadecho::probe {
namespace {

using client::Json;
using std::chrono::nanoseconds;
using text::in_seconds;

std::string milliseconds_digits(nanoseconds duration) {
  std::array<char, 32> text{};
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  static_cast<void>(std::snprintf(text.data(), text.size(), "%.3f", milliseconds));
  return text.data();
}

double loss(const ProbeResult& result) {
  const std::uint64_t sent = result.messages.sent();
  return sent == 0 ? 0 : static_cast<double>(result.messages.lost()) / static_cast<double>(sent);
}

std::string percent(double ratio) {
  std::array<char, 32> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "%.4g%%", ratio * 100));
  return text.data();
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
      connect["error"] = attempt.error.message();
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

std::string in_milliseconds(nanoseconds duration) { return milliseconds_digits(duration) + " ms"; }

std::string connected_line(const client::Attempt& attempt) {
  return "connected to " + attempt.endpoint.to_string() + " time=" + in_milliseconds(attempt.duration);
}

std::string echo_line(std::size_t size, const std::string& peer, std::uint64_t sequence, nanoseconds round_trip) {
  return std::to_string(size) + " bytes from " + peer + ": seq=" + std::to_string(sequence) +
         " time=" + in_milliseconds(round_trip);
}

std::string lost_line(std::uint64_t sequence, const client::Failure& failure) {
  return "lost: seq=" + std::to_string(sequence) + ": " + failure.text;
}

std::string half_close_line(std::size_t size, const HalfCloseResult& check) {
  if (check.failure) {
    return "half-close failed: " + check.failure->text;
  }
  return "half-close: " + std::to_string(size) +
         " bytes echoed after FIN, then closed time=" + in_milliseconds(check.duration);
}

std::string summary_text(const ProbeOptions& options, const ProbeResult& result) {
  std::string text = "--- " + options.target.to_string() + " echo statistics ---\n";
  text.append(std::to_string(result.messages.sent())).append(" messages sent, ");
  text.append(std::to_string(result.messages.echoed())).append(" echoed, ");
  text.append(percent(loss(result))).append(" loss, time ").append(in_milliseconds(result.duration)).append("\n");
  if (const auto round_trips = result.messages.round_trips()) {
    text.append("rtt min/median/p99/max = ").append(milliseconds_digits(round_trips->min)).append("/");
    text.append(milliseconds_digits(round_trips->median)).append("/");
    text.append(milliseconds_digits(round_trips->p99)).append("/");
    text.append(in_milliseconds(round_trips->max)).append("\n");
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
