#pragma once

#include <prometheus/collectable.h>

#include <vector>

#include "echo/server.h"

namespace threadecho::admin {

/// The echo server's metrics, read from its counters at each scrape. Writes nothing and touches no socket.
/// Borrows the server; Collect may be called from any thread.
class EchoCollector : public prometheus::Collectable {
 public:
  explicit EchoCollector(const echo::Server& server) : server_(server) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const echo::Server& server_;
};

}  // namespace threadecho::admin
