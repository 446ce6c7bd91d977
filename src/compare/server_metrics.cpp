#include "compare/server_metrics.h"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace threadecho::compare {
namespace {

/// The value of a line `name value` or `name{labels} value`, if it is of this metric. Values of labels have no '}' in
/// this server's metrics.
std::optional<double> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) {
    return std::nullopt;
  }
  line.remove_prefix(name.size());
  if (line.starts_with('{')) {
    const std::size_t end = line.find('}');
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  if (!line.starts_with(' ')) {
    return std::nullopt;  // another name that begins so
  }
  const std::string number(line.substr(1));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  return end != number.c_str() && *end == '\0' && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<double> sum_of(std::string_view metrics, std::string_view name) {
  std::optional<double> sum;
  while (!metrics.empty()) {
    const std::size_t length = metrics.find('\n');
    if (const auto value = value_of(metrics.substr(0, length), name)) {
      sum = sum.value_or(0) + *value;
    }
    metrics.remove_prefix(length == std::string_view::npos ? metrics.size() : length + 1);
  }
  return sum;
}

ServerMetrics parse_server_metrics(std::string_view metrics) {
  return {.connections_active = sum_of(metrics, "threadecho_connections_active"),
          .connections_waiting = sum_of(metrics, "threadecho_connections_waiting"),
          .echoed_bytes = sum_of(metrics, "threadecho_echoed_bytes_total"),
          .context_switches = sum_of(metrics, "threadecho_context_switches_total"),
          .cpu_seconds = sum_of(metrics, "process_cpu_seconds_total"),
          .threads = sum_of(metrics, "process_threads"),
          .resident_bytes = sum_of(metrics, "process_resident_memory_bytes")};
}

}  // namespace threadecho::compare
