#include "compare/compare_json.h"

#include <chrono>
#include <cmath>
#include <optional>

#include "client/json.h"
#include "text/durations.h"

namespace threadecho::compare {
namespace {

using client::Json;
using client::or_null;
using text::in_seconds;

Json seconds_or_null(const std::optional<std::chrono::nanoseconds>& duration) {
  return duration ? Json(in_seconds(*duration)) : Json(nullptr);
}

Json whole_or_null(const std::optional<double>& number) { return number ? Json(std::llround(*number)) : Json(nullptr); }

Json json_of(const WaitBehind& wait) {
  return {{"silent_clients", wait.silent_clients},
          {"served_meanwhile", !wait.after_they_left},
          {"waited_seconds", in_seconds(wait.waited)},
          {"after_they_left_seconds", seconds_or_null(wait.after_they_left)}};
}

Json json_of(const ModelResult& result, std::uint32_t clients) {
  Json json{
      {"name", result.model.name},
      {"thread_model", result.model.thread_model},
      {"pool_threads", result.model.thread_model == "per-connection" ? Json(nullptr) : Json(result.model.pool_threads)},
      {"clients_served", result.clients_served},
      {"clients_waiting", clients - result.clients_served},
      {"messages", result.messages},
      {"messages_per_second", result.messages_per_second},
      {"p50_seconds", seconds_or_null(result.p50)},
      {"p99_seconds", seconds_or_null(result.p99)},
      {"context_switches_per_message", or_null(result.context_switches_per_message)},
      {"cpu_per_message_seconds", or_null(result.cpu_seconds_per_message)},
      {"threads", whole_or_null(result.threads)},
      {"memory_per_client_bytes", whole_or_null(result.memory_bytes_per_client)},
      {"waits", Json::array()}};
  for (const WaitBehind& wait : result.waits) {
    json["waits"].push_back(json_of(wait));
  }
  return json;
}

}  // namespace

std::string json_text(const Comparison& comparison) {
  const CompareOptions& options = comparison.options;
  Json json{{"type", "comparison"},
            {"settings",
             {{"clients", options.clients},
              {"size_bytes", options.size},
              {"duration_seconds", in_seconds(options.duration)},
              {"pool_threads", options.pool_threads},
              {"patience_seconds", in_seconds(options.patience)}}},
            {"machine", comparison.machine},
            {"error", nullptr},
            {"models", Json::array()}};
  for (const ModelResult& result : comparison.models) {
    json["models"].push_back(json_of(result, options.clients));
  }
  return client::text_of(json, -1) + '\n';
}

}  // namespace threadecho::compare
