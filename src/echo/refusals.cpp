#include "echo/refusals.h"

#include "echo/log_lines.h"

namespace threadecho::echo {

void Refusals::count(const Refused& refused, const net::Endpoint& peer, const net::Endpoint& via) {
  const std::size_t reason = index_of(refused.reason);
  log_refused(log_, lines_[reason], peer, refused.reason, refused.error, via);
  counts_[reason].add(1);
}

void Refusals::log_rest() {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    log_refused_before(log_, lines_[i], static_cast<RejectReason>(i));
  }
}

void Refusals::add_to(Totals& totals) const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    totals.rejected[i] += counts_[i].value();
  }
}

}  // namespace threadecho::echo
