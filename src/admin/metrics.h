#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "admin/echo_collector.h"
#include "admin/process_collector.h"
#include "admin/program_collector.h"
#include "echo/server.h"

namespace threadecho::admin {

/// Everything that GET /metrics shows. Owned by the command that serves; any thread may call `text`.
class Metrics {
 public:
  /// Borrows the server, and calls `log_lines_dropped` at each scrape.
  Metrics(const echo::Server& server, ProgramFacts facts, std::function<std::uint64_t()> log_lines_dropped)
      : echo_(server), program_(std::move(facts), std::move(log_lines_dropped)) {}

  /// All families in the Prometheus text format, version 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  EchoCollector echo_;
  ProcessCollector process_;
  ProgramCollector program_;
};

}  // namespace threadecho::admin
