#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "build_info.h"

namespace threadecho::admin {

/// What this program is and how it was set up, and what its log had to drop. Collect may be called from any thread.
class ProgramCollector : public prometheus::Collectable {
 public:
  struct Facts {
    BuildInfo build;
    std::string thread_model;  ///< as the setting is written
    std::string sched_policy;  ///< as the setting is written
  };

  ProgramCollector(Facts facts, std::function<std::uint64_t()> log_lines_dropped)
      : facts_(std::move(facts)), log_lines_dropped_(std::move(log_lines_dropped)) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Facts facts_;
  std::function<std::uint64_t()> log_lines_dropped_;
};

}  // namespace threadecho::admin
