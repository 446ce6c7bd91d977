#pragma once

#include <array>

#include "echo/reasons.h"
#include "echo/refused_clients.h"
#include "echo/totals.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"
#include "stats/single_writer_counter.h"

namespace threadecho::echo {

/// Counts and logs the clients that were refused, by reason. Written by the acceptor's thread; `add_to` is for any.
class Refusals {
 public:
  explicit Refusals(log::Logger& log) : log_(log) {}

  /// At a limited rate of lines for each reason.
  void count(const Refused& refused, const net::Endpoint& peer, const net::Endpoint& via);
  /// Logs the refusals that no log line has reported. Call it after the last one.
  void log_rest();
  void add_to(Totals& totals) const;

 private:
  log::Logger& log_;
  std::array<log::RateLimit, kRejectReasonNames.size()> lines_;
  std::array<stats::SingleWriterCounter, kRejectReasonNames.size()> counts_;
};

}  // namespace threadecho::echo
