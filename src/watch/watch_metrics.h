#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "watch/watch_record.h"

namespace threadecho::watch {

/// Whether the addresses of a target have series of their own.
enum class Labels { kEachAddress, kTargetOnly };

/// Builds one family after the other and hands each to `take`, so that not all are in memory at once.
void each_watch_family(const WatchSnapshot& snapshot, Labels labels,
                       const std::function<void(const prometheus::MetricFamily&)>& take);

}  // namespace threadecho::watch
