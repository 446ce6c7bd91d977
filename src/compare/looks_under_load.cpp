#include "compare/looks_under_load.h"

namespace threadecho::compare {

void LooksUnderLoad::add(const ServerFigures& figures, Clock::time_point time) {
  if (figures.connections_active != clients_ || !figures.connections_waiting) {
    return;
  }
  connected_ = connected_.value_or(time);
  const Clock::duration since = time - *connected_;
  is_over_ = since >= warm_up_ + duration_;
  if (!figures_ || since <= warm_up_) {
    figures_ = UnderLoad{.begin = figures, .end = figures};
  } else if (!is_over_ || !has_end_) {
    figures_->end = figures;
    has_end_ = true;
  }
}

}  // namespace threadecho::compare
