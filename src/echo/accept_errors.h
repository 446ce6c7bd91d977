#pragma once

#include <array>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "echo/totals.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "stats/single_writer_counter.h"

namespace threadecho::echo {

/// Counts and logs the errors of accept(2), and says when to try again, so that the acceptor does not spin while an
/// error lasts. The acceptor's thread writes; any thread may call `add_to`.
class AcceptErrors {
 public:
  explicit AcceptErrors(log::Logger& log) : log_(log) {}

  /// Pauses if descriptors or memory are used up, or if too many errors came in a row.
  void failed(int error_number, Clock::time_point now);
  /// A client was accepted.
  void succeeded() noexcept { in_a_row_ = 0; }

  [[nodiscard]] bool is_paused(Clock::time_point now) const noexcept { return now < paused_until_; }
  [[nodiscard]] Clock::time_point paused_until() const noexcept { return paused_until_; }
  void end_pause() noexcept { paused_until_ = {}; }

  void add_to(Totals& totals) const;

 private:
  log::Logger& log_;
  log::RateLimit lines_;
  Clock::time_point paused_until_{};
  int in_a_row_ = 0;
  std::array<stats::SingleWriterCounter, kAcceptErrorNames.size()> counts_;
};

}  // namespace threadecho::echo
