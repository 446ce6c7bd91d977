#include "watch/dry_run.h"

#include "client/failure.h"
#include "client/resolver.h"
#include "watch/watch_arguments.h"
#include "watch/watch_record.h"

namespace threadecho::watch {
namespace {

/// Of a path: up, each result of a message, connections lost, outage, round trip, retransmits.
constexpr std::size_t kSeriesOfAPath = 5 + kMessageResultNames.size();
/// Of a histogram: its buckets and +Inf, sum and count.
constexpr std::size_t kSeriesOfAHistogram = kTripBounds.size() + 3;
constexpr std::size_t kSeriesOfATarget = 1 + kConnectionNames.size() + kKindsOfWatch + 2 * kSeriesOfAHistogram;

std::string counted(std::size_t number, const char* thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

}  // namespace

std::size_t series_count(std::size_t targets, std::size_t paths, bool aggregate) {
  return targets * kSeriesOfATarget + (aggregate ? targets : paths) * kSeriesOfAPath;
}

DryRun dry_run(const WatchOptions& options) {
  DryRun result;
  std::size_t paths = 0;
  const auto targets = read_targets(options).targets;
  for (const client::Target& target : targets) {
    const client::Resolution resolution = client::resolve(target);
    result.text += target.to_string() + "\n";
    for (const net::Endpoint& address : resolution.endpoints) {
      result.text += "  " + address.to_string() + "\n";
    }
    if (resolution.endpoints.empty()) {
      result.text += "  " + client::name_failure(target, resolution.reason).text + "\n";
      result.found_all = false;
    }
    paths += resolution.endpoints.size();
  }
  const std::size_t connections = paths * (options.idle.count() > 0 ? 2 : 1);
  result.text += counted(targets.size(), "target") + ", " + counted(paths, "path") + ", " +
                 counted(connections, "open connection") + ", " +
                 std::to_string(series_count(targets.size(), paths, options.aggregate)) + " series\n";
  return result;
}

}  // namespace threadecho::watch
