#include "client/latency_json.h"

#include <array>
#include <cstddef>
#include <utility>

#include "text/durations.h"

namespace threadecho::client {
namespace {

using stats::LatencyBuckets;
using stats::LatencyHistogram;
using text::in_seconds;

constexpr std::array<std::pair<const char*, double>, 9> kJsonPercentiles = {{{"p10_seconds", 10},
                                                                             {"p25_seconds", 25},
                                                                             {"p50_seconds", 50},
                                                                             {"p75_seconds", 75},
                                                                             {"p90_seconds", 90},
                                                                             {"p95_seconds", 95},
                                                                             {"p99_seconds", 99},
                                                                             {"p99_9_seconds", 99.9},
                                                                             {"p99_99_seconds", 99.99}}};

Json histogram_json(const LatencyHistogram& latencies) {
  Json json = Json::array();
  const auto& buckets = latencies.totals().buckets;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets.at(i) > 0) {
      json.push_back({in_seconds(LatencyBuckets::lowest_in(i)), buckets.at(i)});
    }
  }
  return json;
}

}  // namespace

Json json_of(const LatencyHistogram& latencies) {
  if (latencies.count() == 0) {
    return nullptr;
  }
  Json json{{"count", latencies.count()},
            {"sum_seconds", in_seconds(latencies.totals().sum)},
            {"min_seconds", in_seconds(latencies.min())},
            {"mean_seconds", latencies.mean() / 1e9}};
  for (const auto& [name, percent] : kJsonPercentiles) {
    const auto percentile = latencies.known_percentile(percent);
    json[name] = percentile ? Json(in_seconds(*percentile)) : Json(nullptr);
  }
  json["max_seconds"] = in_seconds(latencies.max());
  json["histogram"] = histogram_json(latencies);
  return json;
}

}  // namespace threadecho::client
