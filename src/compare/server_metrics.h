#pragma once

#include <optional>
#include <string_view>

namespace threadecho::compare {

/// Values from a server's GET /metrics. Values that it did not report are missing.
struct ServerMetrics {
  std::optional<double> connections_active;
  std::optional<double> connections_waiting;
  std::optional<double> echoed_bytes;
  std::optional<double> context_switches;  ///< of both kinds
  std::optional<double> cpu_seconds;
  std::optional<double> threads;
  std::optional<double> resident_bytes;
};

/// The sum of all series of a metric in Prometheus' text format; nothing without any.
std::optional<double> sum_of(std::string_view metrics, std::string_view name);

ServerMetrics parse_server_metrics(std::string_view metrics);

}  // namespace threadecho::compare
