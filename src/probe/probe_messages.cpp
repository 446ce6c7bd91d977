#include "probe/probe_messages.h"

#include <utility>

namespace threadecho::probe {

void ProbeMessages::add_echoed(std::chrono::nanoseconds round_trip) {
  if (++echoed_ <= kMostKept) {
    kept_.push_back({.sequence = sent(), .round_trip = round_trip, .failure = {}});
  }
  round_trips_.record(static_cast<std::uint64_t>(round_trip.count()));
}

void ProbeMessages::add_lost(client::Failure failure) {
  if (++lost_ <= kMostKept) {
    kept_.push_back({.sequence = sent(), .round_trip = {}, .failure = std::move(failure)});
  }
}

std::optional<stats::Statistics> ProbeMessages::statistics() const {
  if (echoed_ == 0) {
    return std::nullopt;
  }
  if (echoed_ > kMostKept) {
    const auto value = [](std::uint64_t nanoseconds) {
      return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
    };
    return stats::Statistics{.min = value(round_trips_.min()),
                             .median = value(round_trips_.percentile(50)),
                             .p99 = value(round_trips_.percentile(99)),
                             .max = value(round_trips_.max())};
  }
  std::vector<std::chrono::nanoseconds> values;
  for (const ProbeMessage& message : kept_) {
    if (!message.failure) {
      values.push_back(message.round_trip);
    }
  }
  return stats::statistics_of(std::move(values));
}

}  // namespace threadecho::probe
