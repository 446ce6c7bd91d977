#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/json.h"
#include "compare/compare_options.h"

namespace threadecho::compare {

/// One way to serve clients: a thread model and how many threads it has.
struct ComparedModel {
  std::string name;  ///< for people
  std::string thread_model;
  std::uint32_t pool_threads = 1;  ///< per-connection does not use it
};

/// The models, from one client at a time to the event loop.
std::vector<ComparedModel> compared_models(std::uint32_t pool_threads);

/// How long a client waited for its echo while others were connected and sent nothing.
struct WaitBehind {
  std::uint32_t silent_clients = 0;
  /// The time until its echo. If it got none: the time that it waited while the silent clients stayed.
  std::chrono::nanoseconds waited{0};
  /// If it got no echo while they stayed: the time from when they left until its echo.
  std::optional<std::chrono::nanoseconds> after_they_left;
};

/// Results of one model. Values that its server does not report are missing.
struct ModelResult {
  ComparedModel model;
  std::uint32_t clients_served = 0;  ///< at once, during the load; the others waited for a thread and got no byte
  std::uint64_t messages = 0;
  double messages_per_second = 0;
  std::optional<std::chrono::nanoseconds> p50;  ///< of the clients that were served
  std::optional<std::chrono::nanoseconds> p99;
  std::optional<double> context_switches_per_message;
  std::optional<double> cpu_seconds_per_message;
  std::optional<double> threads;  ///< of the process, during the load
  std::optional<double> memory_bytes_per_client;
  std::vector<WaitBehind> waits;
};

struct Comparison {
  CompareOptions options;
  client::Json machine;  ///< as `load` describes it
  std::vector<ModelResult> models;
};

}  // namespace threadecho::compare
