#include "compare/looks_under_load.h"

namespace threadecho::compare {

void LooksUnderLoad::add(const ServerMetrics& metrics, Clock::time_point time) {
  if (metrics.connections_active != clients_ || !metrics.connections_waiting) {
    return;
  }
  connected_ = connected_.value_or(time);
  const Clock::duration since = time - *connected_;
  is_over_ = since >= warm_up_ + duration_;
  if (!under_load_ || since <= warm_up_) {
    under_load_ = UnderLoad{.begin = metrics, .end = metrics};
  } else if (!is_over_ || !has_end_) {
    under_load_->end = metrics;
    has_end_ = true;
  }
}

}  // namespace threadecho::compare
