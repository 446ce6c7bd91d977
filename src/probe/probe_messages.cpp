#include "probe/probe_messages.h"

#include <algorithm>
#include <utility>

namespace threadecho::probe {

void ProbeMessages::add_echoed(std::chrono::nanoseconds round_trip) {
  if (++echoed_ <= kMostKept) {
    kept_.push_back({.sequence = sent(), .round_trip = round_trip, .failure = {}});
  }
  latencies_.record(round_trip);
}

void ProbeMessages::add_lost(client::Failure failure) {
  if (++lost_ <= kMostKept) {
    kept_.push_back({.sequence = sent(), .round_trip = {}, .failure = std::move(failure)});
  }
}

std::optional<RoundTrips> ProbeMessages::round_trips() const {
  if (echoed_ == 0) {
    return std::nullopt;
  }
  RoundTrips result{.min = latencies_.min(),
                    .median = latencies_.percentile(50),
                    .p99 = latencies_.percentile(99),
                    .max = latencies_.max()};
  if (echoed_ <= kMostKept) {
    std::vector<std::chrono::nanoseconds> exact;
    for (const ProbeMessage& message : kept_) {
      if (!message.failure) {
        exact.push_back(message.round_trip);
      }
    }
    std::ranges::sort(exact);
    result.median = (exact[(exact.size() - 1) / 2] + exact[exact.size() / 2]) / 2;
    result.p99 = exact[(exact.size() * 99 + 99) / 100 - 1];  // nearest rank
  }
  return result;
}

}  // namespace threadecho::probe
