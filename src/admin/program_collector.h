#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace threadecho::admin {

/// Families that every command with metrics has.
prometheus::MetricFamily build_info_family();
prometheus::MetricFamily dropped_lines_family(std::uint64_t dropped);

/// Settings that metrics show, as they are written.
struct ProgramFacts {
  std::string thread_model;
  std::string sched_policy;
};

/// What this program is, how it was set up, and how many log lines it dropped. Collect may be called from any thread.
class ProgramCollector : public prometheus::Collectable {
 public:
  ProgramCollector(ProgramFacts facts, std::function<std::uint64_t()> log_lines_dropped)
      : facts_(std::move(facts)), log_lines_dropped_(std::move(log_lines_dropped)) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  ProgramFacts facts_;
  std::function<std::uint64_t()> log_lines_dropped_;
};

}  // namespace threadecho::admin
