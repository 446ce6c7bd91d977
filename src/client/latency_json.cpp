#include "client/latency_json.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "text/durations.h"

namespace threadecho::client {
namespace {

using stats::LatencyBuckets;
using stats::LatencyHistogram;
using std::chrono::nanoseconds;
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

/// Exact for whole nanoseconds below 2^52, of which a double keeps each in seconds too.
nanoseconds in_nanoseconds(const Json& seconds) { return nanoseconds(std::llround(seconds.get<double>() * 1e9)); }

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

text::Parsed<LatencyHistogram> latencies_of(const Json& json) {
  using ParsedLatencies = text::Parsed<LatencyHistogram>;
  if (json.is_null()) {
    return ParsedLatencies::good({});
  }
  stats::HistogramTotals<LatencyBuckets> totals;
  try {
    for (const Json& bucket : json.at("histogram")) {
      const nanoseconds lowest = in_nanoseconds(bucket.at(0));
      if (lowest < nanoseconds(0) || lowest > LatencyBuckets::kLongest) {
        return ParsedLatencies::bad("a bucket of the histogram begins at " + bucket.at(0).dump() + " s");
      }
      totals.buckets.at(LatencyBuckets::index_of(lowest)) += bucket.at(1).get<std::uint64_t>();
    }
    totals.sum = in_nanoseconds(json.at("sum_seconds"));
    if (totals.count() != json.at("count").get<std::uint64_t>()) {
      return ParsedLatencies::bad("the histogram does not hold as many latencies as its count says");
    }
    return ParsedLatencies::good(
        LatencyHistogram::of(totals, in_nanoseconds(json.at("min_seconds")), in_nanoseconds(json.at("max_seconds"))));
  } catch (const Json::exception& error) {
    return ParsedLatencies::bad(std::string("not the latencies of a load: ") + error.what());
  }
}

}  // namespace threadecho::client
