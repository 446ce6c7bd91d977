#include "client/latency_json.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
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

constexpr double kLongestSeconds = 4398.046511103;  // LatencyBuckets::kLongest
constexpr double kMostSeconds = 9.2e9;              // of a sum, in nanoseconds of 64 bits

/// Exact for whole nanoseconds below 2^52, of which a double keeps each in seconds too. Nothing for a duration that is
/// negative or longer than `most`.
std::optional<nanoseconds> in_nanoseconds(const Json& seconds, double most) {
  const auto value = seconds.get<double>();
  return value >= 0 && value <= most ? std::optional(nanoseconds(std::llround(value * 1e9))) : std::nullopt;
}

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
  const auto complain = [](const char* what, const Json& value) {
    return ParsedLatencies::bad(std::string(what) + " is " + value.dump());
  };
  try {
    for (const Json& bucket : json.at("histogram")) {
      const auto lowest = in_nanoseconds(bucket.at(0), kLongestSeconds);
      const auto count = count_in(bucket.at(1));
      if (!lowest) {
        return ParsedLatencies::bad("a bucket of the histogram begins at " + bucket.at(0).dump() + " s");
      }
      if (!count) {
        return complain("the count of a bucket", bucket.at(1));
      }
      totals.buckets.at(LatencyBuckets::index_of(*lowest)) += *count;
    }
    if (totals.count() != count_in(json.at("count"))) {
      return ParsedLatencies::bad("the histogram does not hold as many latencies as its count says");
    }
    const auto sum = in_nanoseconds(json.at("sum_seconds"), kMostSeconds);
    const auto min = in_nanoseconds(json.at("min_seconds"), kLongestSeconds);
    const auto max = in_nanoseconds(json.at("max_seconds"), kLongestSeconds);
    if (!sum) {
      return complain("sum_seconds", json.at("sum_seconds"));
    }
    if (!max) {
      return complain("max_seconds", json.at("max_seconds"));
    }
    if (!min || *min > *max) {
      return complain("min_seconds", json.at("min_seconds"));
    }
    totals.sum = *sum;
    return ParsedLatencies::good(LatencyHistogram::of(totals, *min, *max));
  } catch (const Json::exception& error) {
    return ParsedLatencies::bad(std::string("not the latencies of a load: ") + error.what());
  }
}

}  // namespace threadecho::client
