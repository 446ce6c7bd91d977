#include "report/latency_reader.h"

#include <chrono>
#include <cmath>
#include <string>

namespace threadecho::report {
namespace {

using client::Json;
using stats::LatencyBuckets;
using stats::LatencyHistogram;
using std::chrono::nanoseconds;

constexpr double kLongestSeconds = 4398.046511103;  // LatencyBuckets::kLongest
constexpr double kMostSumSeconds = 9.2e9;           // of a sum, in nanoseconds of 64 bits

/// Exact for whole nanoseconds below 2^52, of which a double keeps each in seconds too. Nothing for a duration that is
/// negative or longer than `most`.
std::optional<nanoseconds> in_nanoseconds(const Json& seconds, double most) {
  const auto value = seconds.get<double>();
  return value >= 0 && value <= most ? std::optional(nanoseconds(std::llround(value * 1e9))) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> count_in(const Json& json) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 53U;
  const auto number = json.get<double>();
  if (!json.is_number_integer() || number < 0 || json.get<std::uint64_t>() > kMost) {
    return std::nullopt;
  }
  return json.get<std::uint64_t>();
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
    const auto sum = in_nanoseconds(json.at("sum_seconds"), kMostSumSeconds);
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

}  // namespace threadecho::report
